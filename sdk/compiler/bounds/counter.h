/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Phis that grow or shrink by a constant each time around a loop. */
#ifndef MEMSENTRY_COUNTER_H
#define MEMSENTRY_COUNTER_H

#include <stdbool.h>

#include <llvm-c/Core.h>

#include "interval.h"

#define LOOP_BLOCKS_MAX 128

struct loop {
    LLVMBasicBlockRef blocks[LOOP_BLOCKS_MAX]; /* the header first */
    unsigned count;
};

struct counter {
    LLVMValueRef phi;
    wide step; /* not zero */
    struct loop loop;
};

/* Whether the phi is one; finds its loop, which is entered at the header only. */
bool loop_counter_find(struct counter *counter, LLVMValueRef phi);

/* Whether both, in one block, are entered and come back by the same edges. */
bool loop_counter_is_twin(const struct counter *a, const struct counter *b);

/* All that it starts with; and the value, if there is but one, or NULL. */
struct interval loop_counter_start_interval(const struct counter *counter, bool is_signed,
                                            int *budget);
LLVMValueRef loop_counter_start(const struct counter *counter);

bool loop_has(const struct loop *loop, LLVMBasicBlockRef block);

/* Whether `value` is `base` and a constant, modulo 2^width. */
bool loop_counter_step(LLVMValueRef base, LLVMValueRef value, wide *step);

/* The width of an integer; 0 for anything else. */
unsigned counter_bits(LLVMValueRef value);

#endif
