/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sends setjmp, longjmp and contexts to the runtime, which keeps the registers. */
#ifndef SAFESTACK_JUMPS_H
#define SAFESTACK_JUMPS_H

#include <llvm-c/Types.h>

/*
 * Everywhere in the module. Functions that save registers say so to the runtime when they
 * return.
 */
void jumps_redirect(LLVMBuilderRef builder, LLVMModuleRef module);

#endif
