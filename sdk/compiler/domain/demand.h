/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an instruction needs of the domain. */
#ifndef MEMSENTRY_DEMAND_H
#define MEMSENTRY_DEMAND_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

enum demand {
    DEMAND_NONE,   /* neither touches memory nor leaves the function */
    DEMAND_CLOSED, /* an access without a mark, other code, the end of the function */
    DEMAND_OPEN,   /* an access to a safe region */
};

/* `mode` (of enum access_mode): what a closed domain denies. */
enum demand demand_of(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode);

/*
 * Whether `instruction` accesses a safe region by one operand and ordinary memory by another:
 * a copy between them.
 */
bool demand_is_mixed(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode);

#endif
