# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the numbers depend on: the machine, the compiler, MemSentry."""
import datetime
import os
import pathlib
import platform
import re
import subprocess

from subjects import ROOT


def first_line(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout.splitlines()[0]


def flags_of(build):
    return first_line("bash", "-c", '. "$1/scripts/lib.sh"; echo -O2 $(flags_of "$2")', "bash",
                      str(ROOT), build)


def plugin():
    """MemSentry's version with the hash of its plugin."""
    version = subprocess.run(["clang", "--version"], check=True, capture_output=True,
                             text=True).stdout
    return re.search(r"MemSentry version .*", version).group()


def backends():
    """What MemSentry says of its backends here."""
    return subprocess.run(["clang", "--print-memsentry-backends"], check=True,
                          capture_output=True, text=True).stdout


def describe(revision):
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    governor = pathlib.Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")

    def field(name):
        found = re.search(rf"^{name}\s*:\s*(.*)", cpu, re.MULTILINE)
        return found.group(1) if found else "unknown"
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%F %H:%M UTC"),
        "revision": revision,
        "memsentry": plugin(),
        "compiler": first_line("clang-22", "--version"),
        "cpu": field("model name"),
        "microcode": field("microcode"),
        "cores": os.cpu_count(),
        "governor": governor.read_text().strip() if governor.exists() else "unknown",
        "kernel": f"{platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
    }
