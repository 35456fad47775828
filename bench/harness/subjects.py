# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmarks: how one is built, how it is run once, and what that used."""
import collections
import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build-bench"
PROGRAMS = ["bzip2", "lua5.4", "zlib", "xz-utils", "sqlite3", "mbedtls", "nginx", "redis"]
MICRO = ["startup", "threads", "malloc-pairs", "malloc-churn", "malloc-threads",
         "malloc-handover", "malloc-grow", "jumps-setjmp", "jumps-longjmp", "jumps-swapcontext",
         "jumps-context"]
GROUPS = {
    "kernels": sorted(file.stem for file in (ROOT / "bench/kernels").glob("*.c*")),
    "programs": PROGRAMS,
    "micro": MICRO,
}


class Failed(Exception):
    """A benchmark could not be built or run, or printed what it should not."""


# Seconds of CPU time, KiB of memory at the most, instructions or None.
Usage = collections.namedtuple("Usage", "seconds peak instructions")


def read_usage(file):
    """The sum of what bench/measure has written, a line for each command."""
    lines = [line.split() for line in file.read_text().splitlines()]
    if not lines:
        raise Failed("nothing was measured")
    counts = [fields[2] for fields in lines]
    return Usage(sum(float(fields[0]) for fields in lines),
                 max(int(fields[1]) for fields in lines),
                 None if "-" in counts else sum(map(int, counts)))


def text_size(files):
    """Bytes of machine code, without that of MemSentry's libraries."""
    size = subprocess.run(["llvm-size-22", "-A", *files], check=True, capture_output=True,
                          text=True).stdout
    return sum(int(bytes) for bytes in re.findall(r"^\.text\s+(\d+)", size, re.MULTILINE))


def checks(files):
    """How many checks of mpx are in the code."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", *files], check=True,
                          capture_output=True, text=True).stdout
    return len(re.findall(r"\tbndcl ", code))


def digest(directory):
    """Names and contents of all files in a directory."""
    contents = hashlib.sha256()
    for file in sorted(directory.rglob("*")):
        if file.is_file():
            contents.update(f"{file.relative_to(directory)} {file.stat().st_size}\n".encode())
            contents.update(file.read_bytes())
    return contents.hexdigest()


@dataclasses.dataclass(frozen=True)
class Subject:
    name: str
    group: str
    work: pathlib.Path = WORK

    def directory(self, configuration):
        return self.work / "programs" / self.name / f"{configuration.build}-O2"

    def log(self, what, directory):
        logs = self.work / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        return logs / f"{what}-{self.name}-{directory.name}.log"

    def stamp(self, configuration):
        directory = self.directory(configuration)
        return directory.with_name(directory.name + ".key")

    def is_built(self, configuration, key):
        stamp = self.stamp(configuration)
        return stamp.exists() and stamp.read_text() == key

    def build(self, configuration, key):
        """What the compiler used, the size of the code and what checks are in it (None where none
        can be). The key tells what was built from."""
        directory, stamp = self.directory(configuration), self.stamp(configuration)
        log = self.log("build", directory)
        command = [ROOT / "bench/build", self.work, self.name, configuration.build]
        stamp.unlink(missing_ok=True)
        with log.open("w") as file:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=file, text=True, check=False,
                                  env={**os.environ, **configuration.environment()})
        if done.returncode != 0:
            raise Failed(f"does not build; see {log.relative_to(ROOT)}")
        stamp.write_text(key)
        return (read_usage(directory.with_name(directory.name + ".compile")),
                text_size(done.stdout.split()),
                checks(done.stdout.split()) if configuration.runtime else None)

    def run(self, directory, percent, more_environment=None):
        """What one run of what was built there used, and a digest of its output."""
        measure, usage, out = self.work / "measure", self.work / "usage", self.work / "run"
        log = self.log("run", directory)
        usage.unlink(missing_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        if self.group == "programs":
            command = [ROOT / "tests/programs/program", "bench", self.name, directory, out]
        else:
            command = [measure, usage, directory / self.name]
        command.append(str(percent))
        _, is_kind, kind = self.name.partition("-")
        if self.group == "micro" and is_kind:
            command.append(kind)
        environment = dict(os.environ, MEASURE=str(measure), USAGE=str(usage),
                           **(more_environment or {}))
        with (out / "printed").open("w") as printed, log.open("w") as errors:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=printed,
                                  stderr=errors, env=environment, check=False)
        if done.returncode != 0:
            raise Failed(f"ended with status {done.returncode}; see {log.relative_to(ROOT)}")
        return read_usage(usage), digest(out)


def select(names):
    """The benchmarks of these names and groups, by default all; LookupError for an unknown one."""
    chosen = []
    for name in names or GROUPS:
        if name in GROUPS:
            chosen += [Subject(each, name) for each in GROUPS[name]]
        else:
            group = next((group for group, each in GROUPS.items() if name in each), None)
            if group is None:
                raise LookupError(name)
            chosen.append(Subject(name, group))
    return list(dict.fromkeys(chosen))
