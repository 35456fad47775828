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

#endif
