/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an instruction needs of the domain; see demand.h. */
#include "demand.h"

#include <llvm-c/Core.h>

#include <memsentry-pass.h>

#include "../config.h"
#include "../mediate/access.h"
#include "../mediate/intrinsics.h"

/* Which modes of access go to safe regions, and which to ordinary memory. */
struct modes {
    unsigned region, ordinary;
};

static struct modes modes_of(LLVMTargetDataRef layout, LLVMValueRef instruction)
{
    struct modes modes = {0};
    struct access access;

    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(instruction); i++) {
        if (access_of_operand(layout, instruction, i, &access))
            *(access.is_region ? &modes.region : &modes.ordinary) |= access.mode;
    }
    if (access_unknown(instruction))
        modes.ordinary |= ACCESS_READ | ACCESS_WRITE;
    if (memsentry_is_saferegion_access(instruction)) {
        modes.region |= modes.ordinary;
        modes.ordinary = 0;
    }
    return modes;
}

/* No backend denies reads and lets writes pass. */
static unsigned denied(unsigned mode)
{
    return mode == ACCESS_WRITE ? ACCESS_WRITE : ACCESS_READ | ACCESS_WRITE;
}

/* Mathematics may become a call of libm. */
static bool may_become_call(LLVMValueRef intrinsic)
{
    LLVMTypeRef type = LLVMTypeOf(intrinsic);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    switch (LLVMGetTypeKind(type)) {
    case LLVMHalfTypeKind:
    case LLVMFloatTypeKind:
    case LLVMDoubleTypeKind:
    case LLVMX86_FP80TypeKind:
    case LLVMFP128TypeKind:
    case LLVMStructTypeKind: /* sincos, frexp */
        return true;
    default:
        return false;
    }
}

static enum demand demand_of_call(LLVMTargetDataRef layout, LLVMValueRef call, unsigned mode)
{
    if (LLVMGetInstructionOpcode(call) != LLVMCall)
        return DEMAND_CLOSED; /* has two ends */
    if (config_is_inner_call(call))
        return DEMAND_OPEN;
    if (LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
        return memsentry_is_saferegion_access(call) ? DEMAND_OPEN : DEMAND_CLOSED;
    /* Functions that may touch the region open the domain themselves. */
    if (!called_intrinsic(call))
        return DEMAND_CLOSED;
    struct modes modes = modes_of(layout, call);
    if (modes.region & denied(mode))
        return DEMAND_OPEN;
    return (modes.ordinary & denied(mode)) || may_become_call(call) ? DEMAND_CLOSED
                                                                    : DEMAND_NONE;
}

enum demand demand_of(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode)
{
    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMRet: {
        LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
        return function_has_attribute(LLVMGetBasicBlockParent(block), INNER_ATTRIBUTE)
                   ? DEMAND_OPEN
                   : DEMAND_CLOSED;
    }
    case LLVMResume:
    case LLVMCleanupRet:
    case LLVMCatchRet:
    case LLVMCatchSwitch:
        return DEMAND_CLOSED;
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        return demand_of_call(layout, instruction, mode);
    default:
        break;
    }
    struct modes modes = modes_of(layout, instruction);
    if (modes.region & denied(mode))
        return DEMAND_OPEN;
    return modes.ordinary & denied(mode) ? DEMAND_CLOSED : DEMAND_NONE;
}

bool demand_is_mixed(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode)
{
    struct modes modes = modes_of(layout, instruction);

    return modes.region & denied(mode) && modes.ordinary;
}
