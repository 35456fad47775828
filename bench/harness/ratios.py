# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Ratios of interleaved runs: minimum, median, and how far the median can be trusted."""
import math
import random
import statistics

RESAMPLES = 2000


def of_pairs(baseline, other):
    """The ratio of each pair of runs that were made in the same round."""
    if len(baseline) != len(other) or not baseline:
        raise ValueError("runs come in pairs")
    return [after / before for before, after in zip(baseline, other)]


def of_minima(baseline, other):
    return min(other) / min(baseline)


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def resampled_medians(ratios, generator):
    """Medians of samples drawn from the ratios with replacement."""
    return [statistics.median(generator.choices(ratios, k=len(ratios)))
            for _ in range(RESAMPLES)]


def interval(values):
    """The middle 95 % of them."""
    values = sorted(values)
    cut = int(len(values) * 0.025)
    return values[cut], values[len(values) - 1 - cut]


def median_interval(ratios):
    """The 95 % bootstrap interval of the median. The same ratios give the same interval."""
    return interval(resampled_medians(ratios, random.Random(1)))


def mean_interval(programs):
    """That of the geometric mean of the medians of several programs' ratios."""
    generator = random.Random(1)
    medians = [resampled_medians(ratios, generator) for ratios in programs]
    return interval([geometric_mean(each) for each in zip(*medians)])
