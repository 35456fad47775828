#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares two builds of a program, for scripts/demo: the ratio of minima and the median ratio.

usage: compare.py WORK PROGRAM DIRECTORY DIRECTORY
"""
import pathlib
import statistics
import sys

import ratios
from subjects import Failed, Subject

PAIRS, PERCENT = 7, 40


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    work, baseline, other = (pathlib.Path(sys.argv[index]) for index in (1, 3, 4))
    subject = Subject(sys.argv[2], "programs", work)
    seconds = {baseline: [], other: []}
    for number in range(PAIRS):
        for directory in (baseline, other) if number % 2 == 0 else (other, baseline):
            usage, _ = subject.run(directory, PERCENT)
            seconds[directory].append(usage.seconds)
    pairs = seconds[baseline], seconds[other]
    print(f"{ratios.of_minima(*pairs):.2f} (min) "
          f"{statistics.median(ratios.of_pairs(*pairs)):.2f} (median)")
    return 0


try:
    sys.exit(main())
except Failed as failure:
    sys.exit(f"compare.py: error: {failure}")
