/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The whole lower half of a victim, every page that it has there, but for the part of the main
 * thread's safe stack that is in use.
 */
#ifndef ORACLE_SNAPSHOT_H
#define ORACLE_SNAPSHOT_H

#include "tracee.h"

struct snapshot {
    size_t count, room;
    uint64_t *pages; /* their addresses, ascending */
    char *contents;  /* PAGE bytes each */
};

struct change {
    uint64_t address, old, new;
};

/* Reuses the memory of what was there before. 0 or a negative errno. */
int snapshot_take(struct snapshot *snapshot, const struct tracee *tracee);

/*
 * The first words, at most `room`, that differ; returns how many there are in all. A page that
 * was not there before counts as zeroes. Negative errno when it cannot be told.
 */
long snapshot_compare(const struct snapshot *before, const struct snapshot *after,
                      struct change *changes, int room);

#endif
