# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The configurations that are measured, and what each is compared with."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Configuration:
    name: str
    build: str  # As scripts/lib.sh knows it: the compiler and its flags.
    baselines: tuple = ("stock",)
    default: bool = True


CONFIGURATIONS = (
    Configuration("stock", "stock", baselines=()),
    Configuration("sfi-w", "sfi-w"),
    # How much of it is the allocator.
    Configuration("sfi-w-libc-malloc", "sfi-w-libc-malloc", default=False),
    Configuration("sfi-rw", "sfi-rw"),
    Configuration("safe-stack", "safe-stack"),
    Configuration("safe-stack-sfi-w", "memsentry", baselines=("safe-stack", "stock")),
    Configuration("safe-stack-sfi-rw", "rw", baselines=("safe-stack", "stock")),
)
NAMES = [configuration.name for configuration in CONFIGURATIONS]


def select(names):
    """These configurations, by default the usual ones, and all that they are compared with."""
    wanted = set(names or (each.name for each in CONFIGURATIONS if each.default)) | {"stock"}
    for configuration in CONFIGURATIONS:
        if configuration.name in wanted:
            wanted.update(configuration.baselines)
    return [each for each in CONFIGURATIONS if each.name in wanted]
