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
    struct interval size; /* in bytes; beyond the guard for a length that is not known */
    unsigned mode;        /* of enum access_mode */
    bool unbounded;       /* a mask of the pointer would not confine it */
};

/* Describes operand `index` of `instruction`. Returns false when memory is not accessed by it.
 */
bool access_of_operand(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned index,
                       struct access *access);

#define ACCESS_LENGTH_OPERAND 2

/* The length operand of a memory intrinsic, or NULL. */
LLVMValueRef access_length(LLVMValueRef instruction);

/* The name of the intrinsic that is called, without its types; NULL for anything else. */
const char *called_intrinsic(LLVMValueRef instruction);

/* A call of any kind: call, invoke, callbr. */
bool is_call(LLVMValueRef instruction);

#endif
