#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs commands in turn and compares each with the first: ratios of minima and of medians.

usage: interleave.py [--runs=N] [--metric=wall|cpu|output] [--json=FILE] COMMAND-FILE...

A command file holds one word per line. Interleaving spreads the machine's moods evenly over all
commands. Metrics: wall-clock time, CPU time of the process and its children, or the last number
that it prints. Prints one line per command: name, minimum, median (in seconds, or in the printed
unit), ratio of minima, ratio of medians.
"""
import json
import os
import statistics
import subprocess
import sys
import time


def measure(words, metric):
    output = subprocess.PIPE if metric == "output" else subprocess.DEVNULL
    before = time.perf_counter()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output)
    printed = process.stdout.read() if metric == "output" else None
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("interleave.py: error: %s ended with status %d" % (words[0], process.returncode))
    if metric == "output":
        return float(printed.split()[-1])
    return usage.ru_utime + usage.ru_stime if metric == "cpu" else elapsed


def main():
    runs, metric, json_file, files = 5, "wall", None, []
    for argument in sys.argv[1:]:
        option, _, value = argument.partition("=")
        if option == "--runs" and value.isdigit() and int(value) > 0:
            runs = int(value)
        elif option == "--metric" and value in ("wall", "cpu", "output"):
            metric = value
        elif option == "--json" and value:
            json_file = value
        elif not argument.startswith("-"):
            files.append(argument)
        else:
            files = []
            break
    if not files:
        print(__doc__, file=sys.stderr)
        return 2

    commands = {}
    for name in files:
        with open(name) as file:
            commands[name] = file.read().splitlines()
    samples = {name: [] for name in files}
    for _ in range(runs):
        for name in files:
            samples[name].append(measure(commands[name], metric))

    results = []
    for name in files:
        minimum, median = min(samples[name]), statistics.median(samples[name])
        first = results[0] if results else {"min": minimum, "median": median}
        results.append({
            "name": os.path.splitext(os.path.basename(name))[0], "command": commands[name],
            "metric": metric, "samples": samples[name], "min": minimum, "median": median,
            "min_ratio": minimum / first["min"], "median_ratio": median / first["median"],
        })
        print("%(name)-24s %(min)12.6g %(median)12.6g %(min_ratio)8.3f %(median_ratio)8.3f"
              % results[-1])
    if json_file:
        with open(json_file, "w") as file:
            json.dump(results, file, indent=1)
            file.write("\n")
    return 0


sys.exit(main())
