/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Inlining across the border of trust is turned off on both sides. */
#include "fence.h"

#include <stdbool.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "config.h"

static unsigned attribute_kind(const char *name)
{
    return LLVMGetEnumAttributeKindForName(name, strlen(name));
}

/* Callees that are always inlined (headers of intrinsics) inherit the trust of their caller. */
static bool is_spared(LLVMValueRef callee)
{
    return LLVMIsAFunction(callee) &&
           (LLVMGetIntrinsicID(callee) ||
            LLVMGetEnumAttributeAtIndex(callee, (unsigned)LLVMAttributeFunctionIndex,
                                        attribute_kind("alwaysinline")));
}

static void fence_function(LLVMValueRef function, LLVMAttributeRef noinline)
{
    LLVMRemoveEnumAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex,
                                   attribute_kind("alwaysinline"));
    LLVMAddAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex, noinline);
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            LLVMOpcode opcode = LLVMGetInstructionOpcode(i);
            if ((opcode == LLVMCall || opcode == LLVMInvoke) &&
                !LLVMIsAInlineAsm(LLVMGetCalledValue(i)) && !is_spared(LLVMGetCalledValue(i)))
                LLVMAddCallSiteAttribute(i, (unsigned)LLVMAttributeFunctionIndex, noinline);
        }
    }
}

void fence_trusted_functions(LLVMModuleRef module)
{
    LLVMAttributeRef noinline =
        LLVMCreateEnumAttribute(LLVMGetModuleContext(module), attribute_kind("noinline"), 0);

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f) && function_has_attribute(f, TRUSTED_ATTRIBUTE))
            fence_function(f, noinline);
    }
}
