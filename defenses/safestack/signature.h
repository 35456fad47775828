/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Whether a function that has the name of one of libc's is that one. */
#ifndef SAFESTACK_SIGNATURE_H
#define SAFESTACK_SIGNATURE_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/*
 * By its result and parameters, a letter each as in callbacks.def; "..." at the end stands for
 * variable arguments.
 */
bool signature_holds(LLVMValueRef function, const char *signature);

#endif
