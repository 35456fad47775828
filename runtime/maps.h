/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * /proc/self/maps: the kernel's word on what is mapped, where the loader's own lists could have
 * been rewritten by an attacker. Async-signal-safe.
 */
#ifndef RUNTIME_MAPS_H
#define RUNTIME_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct mapping {
    uint64_t start, end, offset;
    bool readable, executable;
    char path[512]; /* empty for an anonymous mapping */
};

/*
 * Calls `visit` for every mapping, lowest first, until it returns true. Returns whether it did;
 * false also when /proc is not there. The mapping is valid during the call only.
 */
bool maps_find(bool (*visit)(const struct mapping *mapping, void *closure), void *closure);

#endif
