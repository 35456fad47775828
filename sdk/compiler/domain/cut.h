/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Minimum cuts of undirected graphs, by augmenting paths (Edmonds and Karp, 1972). */
#ifndef MEMSENTRY_CUT_H
#define MEMSENTRY_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An edge that no cut goes through. */
#define CUT_NEVER UINT64_C(0x4000000000000000)

struct cut;

/* Ends the process when there is no memory, as LLVM does. The caller owns the graph. */
struct cut *cut_create(size_t nodes);
void cut_destroy(struct cut *cut);

void cut_connect(struct cut *cut, size_t from, size_t to, uint64_t weight);

/*
 * Separates `source` from `sink` by edges of the least weight. Says for each node whether it is
 * on the side of the sink, which is as small as it can be.
 */
void cut_find(struct cut *cut, size_t source, size_t sink, bool *with_sink);

#endif
