/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fences around functions that are not to be inlined into, or to inline, certain others. */
#ifndef MEMSENTRY_FENCE_H
#define MEMSENTRY_FENCE_H

#include <llvm-c/Types.h>

/*
 * Keeps trusted functions out of others, and others out of them: inlined, a trusted body would
 * be instrumented and an ordinary one would not.
 */
void fence_trusted_functions(LLVMModuleRef module);

/* Keeps the callee of one call from being inlined; of anything else, and of what is always
 * inlined, nothing. */
void fence_call(LLVMValueRef instruction);

/*
 * Where modules of different configurations come together (link-time optimization): keeps
 * functions out of callers that are confined less. Does nothing where all are alike.
 */
void fence_configurations(LLVMModuleRef module);

#endif
