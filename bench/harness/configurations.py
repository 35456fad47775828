# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The configurations that are measured, and what each is compared with."""
import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Configuration:
    name: str
    build: str  # As scripts/lib.sh knows it: the compiler and its flags.
    baselines: tuple = ("stock",)
    default: bool = True
    backend: str = ""  # Whose hardware this machine must have.
    # Where in the build of MemSentry another runtime is, with which all that is built here runs.
    runtime: str = ""
    lower_bound: str = ""  # Why what is measured is less than what it costs.

    def environment(self):
        """What programs, those that configure runs too, have in their environment."""
        if not self.runtime:
            return {}
        return {"LD_LIBRARY_PATH": os.path.join(os.environ["MEMSENTRY_BUILD"], self.runtime)}


def nops(mode, build):
    return Configuration(
        f"safe-stack-mpx-{mode}-nops", build, baselines=("safe-stack", "stock"), default=False,
        runtime="bench/nops", lower_bound="checks execute as NOPs, with MPX off")


CONFIGURATIONS = (
    Configuration("stock", "stock", baselines=()),
    Configuration("sfi-w", "sfi-w"),
    # How much of it is the allocator.
    Configuration("sfi-w-libc-malloc", "sfi-w-libc-malloc", default=False),
    Configuration("sfi-rw", "sfi-rw"),
    Configuration("hide", "hide"),
    Configuration("mpk", "mpk", backend="mpk"),
    Configuration("mpk-w", "mpk-w", backend="mpk", default=False),
    Configuration("safe-stack", "safe-stack"),
    Configuration("safe-stack-hide", "safe-stack-hide", baselines=("safe-stack", "stock")),
    # Against hiding: what isolation costs, and nothing else.
    Configuration("safe-stack-sfi-w", "memsentry",
                  baselines=("safe-stack", "safe-stack-hide", "stock")),
    Configuration("safe-stack-sfi-rw", "rw", baselines=("safe-stack", "stock")),
    nops("w", "mpx"),
    nops("rw", "mpx-rw"),
)
NAMES = [configuration.name for configuration in CONFIGURATIONS]


def select(names):
    """These configurations, by default the usual ones, and all that they are compared with."""
    wanted = set(names or (each.name for each in CONFIGURATIONS if each.default)) | {"stock"}
    for configuration in CONFIGURATIONS:
        if configuration.name in wanted:
            wanted.update(configuration.baselines)
    return [each for each in CONFIGURATIONS if each.name in wanted]


def missing_hardware(backends):
    """What this machine lacks, for each backend; from --print-memsentry-backends."""
    lines = iter(backends.splitlines())
    heads = next(lines).split()
    missing = {}
    for line in lines:
        fields = line.split(maxsplit=len(heads) - 1)
        if len(fields) < len(heads):
            break
        row = dict(zip(heads, fields))
        if row["usable"] != "yes":
            missing[row["backend"]] = row["remark"]
    return missing


def skipped(selected, backends):
    """Of these configurations, those that cannot run here, each with what is missing."""
    missing = missing_hardware(backends)
    return {each.name: missing[each.backend] for each in selected if each.backend in missing}
