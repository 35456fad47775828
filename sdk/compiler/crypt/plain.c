/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that is no safe region; see plain.h. */
#include "plain.h"

#include <llvm-c/Core.h>

#include "../bounds/displacement.h"
#include "../mediate/access.h"
#include "../mediate/assembly.h"

static bool assembly_is_harmless(LLVMValueRef call)
{
    size_t length;

    (void)LLVMGetInlineAsmAsmString(LLVMGetCalledValue(call), &length);
    return !length || assembly_is_reviewed(call);
}

bool crypt_leaves(LLVMTargetDataRef layout, LLVMValueRef instruction)
{
    struct access access;

    if (is_call(instruction) && LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
        return assembly_is_harmless(instruction);
    if (access_unknown(instruction))
        return false;
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(instruction); i++) {
        if (access_of_operand(layout, instruction, i, &access) &&
            !leads_into_variable(layout, access.pointer))
            return false;
    }
    return true;
}
