/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sorting for the program; see sort.c. */
#ifndef RUNTIME_CALLBACKS_SORT_H
#define RUNTIME_CALLBACKS_SORT_H

#include <stddef.h>

/* qsort() whose `compare` is handed pointers into ordinary memory only. */
void sort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
