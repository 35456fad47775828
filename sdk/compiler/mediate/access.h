/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which operands of an instruction are addresses of memory, and how far they are followed. */
#ifndef MEMSENTRY_ACCESS_H
#define MEMSENTRY_ACCESS_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include "../bounds/interval.h"

struct access {
    LLVMValueRef pointer;
    /*
     * The bytes that are touched, as seen from the pointer: from lo (which is not above 0) up
     * to hi; beyond the guard for a length that is not known.
     */
    struct interval extent;
    unsigned mode;  /* of enum access_mode */
    bool unbounded; /* a mask of the pointer would not confine it */
    bool is_region; /* its type says that it points into a safe region: not to be confined */
    bool is_stack;  /* the pointer becomes the stack pointer */
    bool certain;   /* it is made whenever the instruction is executed */
};

/* Describes operand `index` of `instruction`. Returns false when memory is not accessed by it.
 */
bool access_of_operand(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned index,
                       struct access *access);

/*
 * The name of what may touch memory otherwise than through operands that access_of_operand()
 * describes; NULL when `instruction` does not. A call of a function is that function's affair.
 */
const char *access_unknown(LLVMValueRef instruction);

/* The extent of an access of `size` bytes from its pointer on. */
struct interval access_extent(struct interval size);

#define ACCESS_LENGTH_OPERAND 2

/* The type that an attribute of argument `index` carries at this call, or NULL. */
LLVMTypeRef access_argument_type(LLVMValueRef call, unsigned index, const char *attribute);

/* A call of any kind: call, invoke, callbr. */
bool is_call(LLVMValueRef instruction);

#endif
