/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What pass and runtime of the example agree on. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define EXAMPLE_SLOTS 4096

/* The counter of a function; two may share one. */
static inline size_t example_slot(const char *function)
{
    uint32_t hash = 2166136261u;

    while (*function != '\0')
        hash = (hash ^ (unsigned char)*function++) * 16777619u;
    return hash % EXAMPLE_SLOTS;
}

/*
 * The address of the counters, in the first word of a page that is read-only once it is set:
 * who could write it would choose where marked accesses go. Shared libraries of the program
 * refer to the one in the executable.
 */
extern __attribute__((visibility("default"))) int64_t *example_counters[];

/* How often the function was called. */
int64_t example_calls(const char *function);

#endif
