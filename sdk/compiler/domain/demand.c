/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an instruction needs of the domain; see demand.h. */
#include "demand.h"

#include <llvm-c/Core.h>

#include <memsentry-pass.h>

#include "../config.h"
#include "../mediate/access.h"

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

/* Of what is other code, or the end of this; DEMAND_NONE: what counts is what it accesses. */
static enum demand demand_of_leaving(LLVMValueRef instruction)
{
    LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);

    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMRet:
        return function_has_attribute(LLVMGetBasicBlockParent(block), INNER_ATTRIBUTE)
                   ? DEMAND_OPEN
                   : DEMAND_CLOSED;
    case LLVMResume:
    case LLVMCleanupRet:
    case LLVMCatchRet:
    case LLVMCatchSwitch:
    case LLVMInvoke: /* has two ends, as the next */
    case LLVMCallBr:
        return DEMAND_CLOSED;
    case LLVMCall:
        if (config_is_inner_call(instruction))
            return DEMAND_OPEN;
        if (LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
            return memsentry_is_saferegion_access(instruction) ? DEMAND_OPEN : DEMAND_CLOSED;
        /* Functions that may touch the region open the domain themselves. */
        return calls_function(instruction) ? DEMAND_CLOSED : DEMAND_NONE;
    default:
        return DEMAND_NONE;
    }
}

enum demand demand_of(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode)
{
    enum demand demand = demand_of_leaving(instruction);

    if (demand != DEMAND_NONE)
        return demand;
    struct modes modes = modes_of(layout, instruction);
    if (modes.region & denied(mode))
        return DEMAND_OPEN;
    if (modes.ordinary & denied(mode))
        return DEMAND_CLOSED;
    return is_call(instruction) && may_become_call(instruction) ? DEMAND_CLOSED : DEMAND_NONE;
}

bool demand_is_mixed(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned mode)
{
    struct modes modes = modes_of(layout, instruction);

    return modes.region & denied(mode) && modes.ordinary;
}
