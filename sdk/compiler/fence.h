/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fences around trusted functions. */
#ifndef MEMSENTRY_FENCE_H
#define MEMSENTRY_FENCE_H

#include <llvm-c/Types.h>

/*
 * Keeps trusted functions out of others, and others out of them: inlined, a trusted body would
 * be instrumented and an ordinary one would not.
 */
void fence_trusted_functions(LLVMModuleRef module);

#endif
