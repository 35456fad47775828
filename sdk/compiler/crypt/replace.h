/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Accesses to encrypted regions: calls of the runtime, which has the key, take their place. */
#ifndef MEMSENTRY_REPLACE_H
#define MEMSENTRY_REPLACE_H

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

/*
 * Replaces an access that may be one to a safe region. Returns NULL, or why it cannot; the
 * instruction is then left as it is.
 */
const char *crypt_replace(LLVMTargetDataRef layout, LLVMValueRef instruction);

#endif
