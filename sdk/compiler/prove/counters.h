/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Counters of loops, and what is known of values where a loop is entered. */
#ifndef MEMSENTRY_COUNTERS_H
#define MEMSENTRY_COUNTERS_H

#include "facts.h"
#include "paths.h"

/* A phi that a constant is added to each time around a loop that it is at the head of. */
struct counter {
    const struct paths *paths;
    LLVMValueRef phi;
    bound step;       /* not zero */
    const bool *body; /* blocks of the loop, by their index */
};

/* Sets all but paths and phi; `body` has room for the index of every instruction. */
bool counter_find(struct counter *counter, bool *body);

/* What it starts with: the value if there is but one, or NULL; the range, if it is definite. */
LLVMValueRef counter_start(const struct counter *counter);
bool counter_start_range(const struct counter *counter, bool is_signed, struct range *range);

bool counter_is_inside(const struct counter *counter, LLVMBasicBlockRef block);

/* Whether `value` is `base` and *sum, modulo 2^width. */
bool counter_is_sum(LLVMValueRef value, LLVMValueRef base, bound *sum);

/* Of an integer of at most 64 bits; 0 for anything else. */
unsigned counter_width(LLVMValueRef value);
struct range counter_range_of(const struct paths *paths, LLVMValueRef value, bool is_signed);

/*
 * `value`, read as unsigned, is at least, or at most, `limit` when the loop of `counter` is
 * entered; or it just is not `limit`.
 */
struct claim {
    const struct counter *counter;
    LLVMValueRef value, origin; /* before the origin is computed it is another value */
    enum { AT_LEAST, AT_MOST, OTHER } relation;
    bound limit;
    int *budget; /* of walks */
};

/* Steps of an argument that something is at least so much. */
#define CLAIM_DEPTH 6
bool claim_holds(struct claim claim, int depth);

#endif
