/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* "Did you mean": the nearest of some choices to what was written. */
#ifndef MEMSENTRY_DRIVER_NEAREST_H
#define MEMSENTRY_DRIVER_NEAREST_H

#include <stddef.h>

/* Insertions, deletions, replacements and swaps of neighbours between two words. */
size_t edit_distance(const char *a, const char *b);

/* The first nearest of `count` choices, or NULL when even that one is no misspelling of `word`.
 */
const char *nearest(const char *word, const char *const *choices, size_t count);

#endif
