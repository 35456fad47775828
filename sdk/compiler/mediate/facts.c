/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A bound that LLVM believes because of memory contents or undefined behaviour is one that an
 * attacker can break: IPSCCP puts range(0, 8) on what is loaded from a global that only ever
 * stores such values, and a wrap flag lets the code generator widen an index past its bound.
 */
#include "mediate.h"

#include <string.h>

#include <llvm-c/Core.h>

#include "../bridge/bridge.h"
#include "access.h"
#include "intrinsics.h"

/*
 * Attributes of parameters and results that state something of the value. Not `align`: on a
 * byval argument it is part of the calling convention.
 */
static const char *const value_facts[] = {"range", "nonnull", "dereferenceable",
                                          "dereferenceable_or_null", "noundef"};

/*
 * Of functions: where a loop that does not end is undefined, a counter of 32 bits that wraps
 * may be replaced by one of 64 bits that does not.
 */
static const char *const progress_facts[] = {"mustprogress", "willreturn"};

static void drop_attributes(LLVMValueRef function)
{
    for (size_t i = 0; i < sizeof progress_facts / sizeof progress_facts[0]; i++) {
        unsigned kind =
            LLVMGetEnumAttributeKindForName(progress_facts[i], strlen(progress_facts[i]));
        LLVMRemoveEnumAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex, kind);
    }
    for (size_t i = 0; i < sizeof value_facts / sizeof value_facts[0]; i++) {
        unsigned kind = LLVMGetEnumAttributeKindForName(value_facts[i], strlen(value_facts[i]));
        for (unsigned at = 0; at <= LLVMCountParams(function); at++)
            LLVMRemoveEnumAttributeAtIndex(function, at, kind);
    }
}

static void drop_call_attributes(LLVMValueRef call)
{
    for (size_t i = 0; i < sizeof value_facts / sizeof value_facts[0]; i++) {
        unsigned kind = LLVMGetEnumAttributeKindForName(value_facts[i], strlen(value_facts[i]));
        for (unsigned at = 0; at <= LLVMGetNumArgOperands(call); at++)
            LLVMRemoveCallSiteEnumAttribute(call, at, kind);
    }
}

static bool is_disjoint(LLVMValueRef instruction)
{
    return LLVMGetInstructionOpcode(instruction) == LLVMOr && LLVMGetIsDisjoint(instruction);
}

void mediate_add_disjoint(LLVMValueRef function)
{
    LLVMBuilderRef builder =
        LLVMCreateBuilderInContext(LLVMGetModuleContext(LLVMGetGlobalParent(function)));
    LLVMValueRef next;

    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
            next = LLVMGetNextInstruction(i);
            if (!is_disjoint(i))
                continue;
            LLVMPositionBuilderBefore(builder, i);
            LLVMReplaceAllUsesWith(
                i, LLVMBuildAdd(builder, LLVMGetOperand(i, 0), LLVMGetOperand(i, 1), ""));
            LLVMInstructionEraseFromParent(i);
        }
    }
    LLVMDisposeBuilder(builder);
}

void mediate_drop_facts(LLVMValueRef function)
{
    LLVMValueRef next;

    drop_attributes(function);
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
            const char *intrinsic = called_intrinsic(i);
            next = LLVMGetNextInstruction(i);
            if (intrinsic && !strcmp(intrinsic, "llvm.assume")) {
                LLVMInstructionEraseFromParent(i);
                continue;
            }
            bridge_drop_facts(i);
            if (is_call(i) && !intrinsic)
                drop_call_attributes(i);
        }
    }
}
