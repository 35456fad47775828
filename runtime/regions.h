/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Safe regions: slots of power-of-two sizes with a table entry each, in the lower half like the
 * regions themselves. The allocation functions are in memsentry-runtime.h.
 */
#ifndef RUNTIME_REGIONS_H
#define RUNTIME_REGIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "control.h"

/* The name of the region that `address` lies in, or next to. Async-signal-safe. */
bool region_name(uint64_t address, char name[32]);

/*
 * A copy of a name that the program gives, filled up with zeroes; false when there is none or
 * it is too long. The domain must be closed: the name may lie anywhere.
 */
bool region_copy_name(const char *from, char name[32]);

/* For the following the domain must be open. They take the lock of the regions themselves. */

/* NULL when address space or memory is used up. */
void *region_allocate(size_t size, const char name[32]);

/* The entry of a region that starts there and was ever used, and its place in the table. */
struct region_entry *region_at(const void *region, int *class, uint64_t *index);

/* Gives a region back, which must be a heap or must not. NULL, or what is wrong. */
const char *region_release(void *region, bool heap);

/* Contents of regions: zeroes, and what lies elsewhere in a region. */
void region_clear(void *start, size_t size);
void region_copy(void *to, const void *from, size_t size);

#endif
