/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How far a pointer lies from the values that it was computed from. */
#ifndef MEMSENTRY_DISPLACEMENT_H
#define MEMSENTRY_DISPLACEMENT_H

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include "interval.h"

#define CHAIN_MAX 24
/* A getelementptr with more indices ends the chain. */
#define CHAIN_INDICES_MAX 32

/*
 * link[0] is the pointer itself, link[k + 1] the base of link[k], which is a getelementptr (an
 * instruction or a constant); distance[k] is what the pointer may lie beyond link[k].
 */
struct chain {
    unsigned length;
    LLVMValueRef link[CHAIN_MAX];
    struct interval distance[CHAIN_MAX];
};

void chain_of_pointer(LLVMTargetDataRef layout, LLVMValueRef pointer, struct chain *chain);

/* Whether it leads into a variable: one of the function's own, or a global one. */
bool leads_into_variable(LLVMTargetDataRef layout, LLVMValueRef pointer);

/*
 * The size of an object: an alloca of constant size in the entry block, or a byval argument.
 * Returns false for everything else.
 */
bool object_size(LLVMTargetDataRef layout, LLVMValueRef object, uint64_t *size);

/*
 * The size of what a load, store, atomicrmw or cmpxchg touches; interval_unknown() for a type
 * without a constant size.
 */
struct interval access_size(LLVMTargetDataRef layout, LLVMTypeRef type);

#endif
