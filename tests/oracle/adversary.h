/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The attacker: where he writes and what. Everything follows from the seed, but for the instant
 * at which a write reaches a victim that is running.
 */
#ifndef ORACLE_ADVERSARY_H
#define ORACLE_ADVERSARY_H

#include "tracee.h"

#define LAST_WRITES 24

struct corruption {
    uint64_t address, value;
    unsigned width;
};

/* What the attacker may write. */
struct target {
    uint64_t start, end;
    uint64_t *words; /* addresses of those that were not zero when the victim stopped */
    size_t count;
    unsigned weight;
};

struct adversary {
    uint64_t random;
    const struct tracee *tracee;
    struct target targets[64];
    int count;
    struct corruption last[LAST_WRITES];
    uint64_t writes;
};

uint64_t adversary_random(struct adversary *adversary);

/* Looks around in a victim that has stopped itself. `program` is what it runs. */
void adversary_begin(struct adversary *adversary, const struct tracee *tracee,
                     const char *program, uint64_t seed);
void adversary_finish(struct adversary *adversary);

/* One write. */
void adversary_write(struct adversary *adversary);

#endif
