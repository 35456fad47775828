/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the intrinsics of LLVM do to memory. */
#ifndef MEMSENTRY_INTRINSICS_H
#define MEMSENTRY_INTRINSICS_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include "access.h"

/* The name of the intrinsic that is called, without its types; NULL for anything else. */
const char *called_intrinsic(LLVMValueRef instruction);

/* Whether what the call may touch is not known: neither from LLVM nor from intrinsics.def. */
bool intrinsic_is_unknown(LLVMValueRef call);

/*
 * Describes the access through argument `index`, whose pointer is set already. Returns false
 * when there is none.
 */
bool intrinsic_access(LLVMTargetDataRef layout, LLVMValueRef call, unsigned index,
                      struct access *access);

/*
 * The length operand of a memory intrinsic, or NULL; *unit is the number of bytes that it
 * counts in.
 */
LLVMValueRef intrinsic_length(LLVMTargetDataRef layout, LLVMValueRef call, uint64_t *unit);

/* Operands of an intrinsic that goes from a base to where a vector of indices leads. */
struct indexed {
    unsigned base, indices, scale;
};
bool intrinsic_indexed(LLVMValueRef call, struct indexed *operands);

/* Whether it may load the bound registers from memory. */
bool intrinsic_restores(LLVMValueRef call);

/* The operand that says how far apart the rows are; 0: none. */
unsigned intrinsic_stride(LLVMValueRef call);

/* A stride of so many bits keeps within the guard. */
#define INTRINSIC_STRIDE_BITS 32

#endif
