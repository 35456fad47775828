/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Variable arguments where reads are confined; see varargs.c. */
#ifndef SAFESTACK_VARARGS_H
#define SAFESTACK_VARARGS_H

#include <llvm-c/Types.h>

/* Lets each variadic call in `function` announce where its arguments are. */
void varargs_announce(LLVMBuilderRef builder, LLVMValueRef function);

/*
 * Makes the va_lists of `function` refer to ordinary memory. Returns the function that takes
 * the place of it, which may be itself, or NULL after a report that this cannot be.
 */
LLVMValueRef varargs_receive(LLVMBuilderRef builder, LLVMValueRef function);

#endif
