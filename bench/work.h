/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What kernels and micro benchmarks share: how much to do, and numbers that look random. */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The first argument: percent of the whole work. */
static inline int work_amount(int argc, char **argv)
{
    int amount = argc > 1 ? atoi(argv[1]) : 0;

    if (amount > 0)
        return amount;
    fprintf(stderr, "usage: %s PERCENT\n", argv[0]);
    exit(2);
}

static inline uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* What a kernel has computed, in one number. */
static inline uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x9e3779b97f4a7c15u + (sum >> 29);
}

static inline int print_checksum(uint64_t sum)
{
    return printf("%016llx\n", (unsigned long long)sum) < 0;
}

#endif
