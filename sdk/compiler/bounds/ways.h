/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What has been compared on every way to a place. */
#ifndef MEMSENTRY_WAYS_H
#define MEMSENTRY_WAYS_H

#include <stdbool.h>

#include <llvm-c/Core.h>

/* Blocks that are looked at; what is longer counts as not shown. */
#define WAYS_MAX 96

struct ways {
    /* Whether this comparison, with this outcome, shows what is wanted. */
    bool (*shows)(struct ways *ways, LLVMValueRef comparison, bool outcome);
    LLVMBasicBlockRef stop; /* ways begin here; NULL: at the entry of the function */
    LLVMBasicBlockRef seen[WAYS_MAX];
    unsigned seen_count;
};

/* Whether every way that takes the edge passes a comparison that shows it. */
bool ways_show(struct ways *ways, LLVMBasicBlockRef from, LLVMBasicBlockRef to);

/* The blocks from which control goes to `block`: the first, and the next after `use`. */
LLVMUseRef ways_next_edge(LLVMUseRef use);
LLVMUseRef ways_first_edge(LLVMBasicBlockRef block);
LLVMBasicBlockRef ways_source(LLVMUseRef use);

/* The predicate with its operands exchanged, and that of the opposite. */
LLVMIntPredicate ways_swap(LLVMIntPredicate predicate);
LLVMIntPredicate ways_invert(LLVMIntPredicate predicate);

#endif
