/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What every path to an instruction has passed. */
#ifndef MEMSENTRY_PATHS_H
#define MEMSENTRY_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

#include "facts.h"

/* A way from one block into another. */
struct edge {
    LLVMValueRef terminator;
    unsigned successor;
};

struct paths {
    const struct facts *facts;
    /* By the index of a block's first instruction: where its edges start in `edges`. */
    size_t *start;
    struct edge *edges;
    size_t edge_count;
};

void paths_compute(struct paths *paths, const struct facts *facts);
void paths_free(struct paths *paths);

enum passing { PASSING_ON, PASSING_HOLDS, PASSING_FAILS };

struct passage {
    /* What an instruction that was executed on the way says. */
    enum passing (*instruction)(const void *context, LLVMValueRef instruction);
    /* Whether it holds where a comparison came out so; NULL if branches say nothing. */
    bool (*comparison)(const void *context, LLVMValueRef comparison, bool outcome);
    const void *context;
};

/* Whether it holds on every path from the entry of the function to right before `to`. */
bool paths_all_pass(const struct paths *paths, LLVMValueRef to, const struct passage *passage);

/* The same of every path that ends with this edge. */
bool paths_edge_passes(const struct paths *paths, struct edge edge,
                       const struct passage *passage);

/* The edges into a block: *count of them. */
const struct edge *paths_edges_into(const struct paths *paths, LLVMBasicBlockRef block,
                                    size_t *count);

#endif
