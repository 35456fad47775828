# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Says what is being done, how far it is and how long it may still take."""
import collections
import sys
import time

# Seconds that a step of each kind takes, as long as none has been seen.
GUESSES = {"build kernels": 1, "build micro": 1, "build programs": 60,
           "run kernels": 1, "run micro": 1, "run programs": 3}


def duration(seconds):
    minutes = int(seconds + 59) // 60
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


class Progress:
    def __init__(self, planned):
        """planned: how many steps of each kind there are."""
        self.planned = collections.Counter(planned)
        self.total = sum(planned.values())
        self.taken = collections.defaultdict(list)
        self.done = 0
        self.terminal = sys.stdout.isatty()
        self.shown = time.monotonic()

    def left(self):
        return sum(count * (sum(self.taken[kind]) / len(self.taken[kind])
                            if self.taken[kind] else GUESSES[kind])
                   for kind, count in self.planned.items())

    def show(self, what, always=False):
        line = f"  {what}: {self.done} of {self.total}, about {duration(self.left())} left"
        if self.terminal:
            print(f"\r{line}\x1b[K", end="", flush=True)
        elif always or time.monotonic() - self.shown >= 15:
            self.shown = time.monotonic()
            print(line, flush=True)

    def step(self, kind, seconds):
        self.taken[kind].append(seconds)
        self.skip(kind, 1)

    def skip(self, kind, count):
        self.planned[kind] -= count
        self.done += count

    def say(self, line):
        print(("\r\x1b[K" if self.terminal else "") + line, flush=True)
