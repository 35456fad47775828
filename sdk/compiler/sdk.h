/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the plugin keeps of the calls that a defense makes. */
#ifndef MEMSENTRY_SDK_H
#define MEMSENTRY_SDK_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/* Whether this thread called memsentry_error() since sdk_forget_errors(). */
bool sdk_error_was_reported(void);
void sdk_forget_errors(void);

/* Takes the mark of memsentry_saferegion_access() off again. */
void sdk_forget_access(LLVMValueRef instruction);

#endif
