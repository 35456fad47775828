/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the calling convention of x86-64 (System V) puts the arguments of a variadic function.
 */
#ifndef SAFESTACK_PASSING_H
#define SAFESTACK_PASSING_H

#include <stdbool.h>
#include <stdint.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#define GENERAL_REGISTERS 6
#define VECTOR_REGISTERS 8

struct passing {
    LLVMTargetDataRef layout;
    LLVMBuilderRef builder;
    /* What is passed on the stack is stored at its offset from here, unless this is NULL. */
    LLVMValueRef copy;
    unsigned general, vector; /* registers in use */
    uint64_t stack;           /* bytes in use */
    uint64_t alignment;       /* that the stack needs, at least 16 */
    /* A later argument is in the register that was left over; with LLVM 19 it is not. */
    bool disputed;
    bool unknown; /* a type whose place is not known was met */
};

/* Passes `value`, which may be NULL when nothing is copied. */
void passing_value(struct passing *p, LLVMTypeRef type, LLVMValueRef value);

/* Passes what `pointer` points to, by value. */
void passing_object(struct passing *p, LLVMTypeRef type, uint64_t alignment,
                    LLVMValueRef pointer);

#endif
