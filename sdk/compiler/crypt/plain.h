/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that no cipher has to do with, though trusted code accesses it. */
#ifndef MEMSENTRY_PLAIN_H
#define MEMSENTRY_PLAIN_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

/*
 * Whether an access can stay as it is: to variables only, or by assembly that is empty or was
 * reviewed.
 */
bool crypt_leaves(LLVMTargetDataRef layout, LLVMValueRef instruction);

#endif
