#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shows what tests/vm/run promises; prints TAP.

usage: harness.py RUN PROBE
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

RUN, PROBE = map(os.path.abspath, sys.argv[1:3])
verdicts = []


def check(title, holds, details=""):
    verdicts.append(holds)
    print(f"{'ok' if holds else 'not ok'} {len(verdicts)} - {title}", flush=True)
    if not holds:
        for line in str(details).splitlines():
            print("# " + line)


def run(*words, **options):
    return subprocess.run([RUN, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **options)


def check_error(title, done, status, *messages):
    text = done.stderr.decode()
    check(title, done.returncode == status and all(each in text for each in messages),
          f"status {done.returncode}\n{text}")


def check_told(directory):
    words = ["two words", "", "'\"$HOME\\`*", "ü\n", "--help"]
    variable = "a 'b' \"c\" = $d\n"
    given = directory / "given" / "nested"
    given.mkdir(parents=True)
    (given / "file").write_text("contents")
    done = run("--timeout=100", "--with", "given", "--env", "PROBE=" + variable, "--",
               os.path.relpath(PROBE, directory), "tell", *words, cwd=directory)
    lines, _, rest = done.stdout.partition(b"standard error\n")
    expected = "".join(f"argument: {word}\n" for word in words) + f"variable: {variable}\n"
    check("arguments and variables arrive as they are",
          lines.startswith(expected.encode()), lines.decode() + done.stderr.decode())
    told = lines.decode(errors="replace")
    for title, line in (
            ("the working directory is the same", f"directory: {directory}"),
            ("what is given is there", "given: contents"),
            ("RUNPATH finds the library", "library: 42"),
            ("there are protection keys", "protection keys: 1"),
            ("the loopback is up", "loopback: 1"),
            ("/tmp and /dev/shm can be written", "writable: 1 1"),
            ("there is a shell", "shell: 7"),
            ("the output is no terminal", "terminal: 0"),
            ("no signal is ignored", "interrupts: 1")):
        check(title, f"\n{line}\n" in told, told)
    check("the output is the same byte by byte", rest == bytes(range(256)) * 1024,
          f"{len(rest)} bytes instead of {256 * 1024}")
    check("the exit status is passed on, whoever is left behind", done.returncode == 33,
          done.returncode)


def check_signal():
    done = run("--timeout=100", "--cpus=1", "--cpu=max,-pku", PROBE, "die")
    check("a signal is 128 and its number", done.returncode == 128 + 11,
          f"status {done.returncode}\n{done.stderr.decode()}")
    check("without protection keys, a program sees none",
          done.stdout == b"protection keys: 0\n", done.stdout)


def check_refusals(directory):
    check_error("a program that is missing", run("/nowhere/to/be/found"), 2,
                "error: /nowhere/to/be/found: no such program")
    check_error("a file that is missing", run("--with=/nowhere/to/be/found", PROBE), 2,
                "error: /nowhere/to/be/found: No such file or directory")
    alone = shutil.copy(PROBE, directory / "alone")
    check_error("a library that is missing", run(alone, "tell"), 2,
                f"error: {alone}: the shared library libanswer.so is not found")
    check_error("an option that there is not", run("--nonsense", PROBE), 2, "usage: tests/vm/run")
    check_error("QEMU is missing", run(PROBE, env={"PATH": "/nowhere"}), 2,
                "apt-get install --no-install-recommends qemu-system-x86")
    log = directory / "console.log"
    check_error("a machine that does not start", run(f"--log={log}", "--cpu=abacus", PROBE), 125,
                "error: the machine ended before the program")


def check_time_limit(directory):
    log = directory / "console.log"
    done = run("--timeout=12", "--cpus=1", f"--log={log}", PROBE, "wait")
    check_error("the time limit, and where the log is", done, 124,
                "error: the time limit of 12 s is up", "the console")


def main():
    with tempfile.TemporaryDirectory(prefix="memsentry vm ") as name:
        directory = pathlib.Path(name).resolve()
        check_refusals(directory)
        check_told(directory)
        check_signal()
        check_time_limit(directory)
    print(f"1..{len(verdicts)}")
    return 0 if all(verdicts) else 1


sys.exit(main())
