/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Inlining across a border of trust, or out of a configuration, is turned off. */
#include "fence.h"

#include <stdbool.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "bridge/bridge.h"
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

/* Whether the call can become one of a function, and may be inlined today. */
static bool is_fenceable(LLVMValueRef instruction)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

    return (opcode == LLVMCall || opcode == LLVMInvoke) &&
           !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)) &&
           !is_spared(LLVMGetCalledValue(instruction));
}

/* Turns off the inlining of the calls in `function`: of all, or of what would lose by it. */
static void fence_calls(LLVMValueRef function, LLVMAttributeRef noinline, bool weaker_only)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (!is_fenceable(i))
                continue;
            /* An indirect call may turn out to be any. */
            LLVMValueRef callee = LLVMGetCalledValue(i);
            if (!weaker_only || !LLVMIsAFunction(callee) || config_is_weaker(function, callee))
                LLVMAddCallSiteAttribute(i, (unsigned)LLVMAttributeFunctionIndex, noinline);
        }
    }
}

static LLVMAttributeRef noinline_attribute(LLVMModuleRef module)
{
    return LLVMCreateEnumAttribute(LLVMGetModuleContext(module), attribute_kind("noinline"), 0);
}

void fence_trusted_functions(LLVMModuleRef module)
{
    LLVMAttributeRef noinline = noinline_attribute(module);

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) || !function_has_attribute(f, TRUSTED_ATTRIBUTE))
            continue;
        LLVMRemoveEnumAttributeAtIndex(f, (unsigned)LLVMAttributeFunctionIndex,
                                       attribute_kind("alwaysinline"));
        LLVMAddAttributeAtIndex(f, (unsigned)LLVMAttributeFunctionIndex, noinline);
        fence_calls(f, noinline, false);
        /* Where all callers are known, a load of what an argument points to moves to them. */
        if (LLVMGetLinkage(f) == LLVMInternalLinkage || LLVMGetLinkage(f) == LLVMPrivateLinkage)
            bridge_expose(module, f);
    }
}

void fence_call(LLVMValueRef instruction)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));

    if (is_fenceable(instruction))
        LLVMAddCallSiteAttribute(instruction, (unsigned)LLVMAttributeFunctionIndex,
                                 noinline_attribute(LLVMGetGlobalParent(function)));
}

void fence_configurations(LLVMModuleRef module)
{
    LLVMAttributeRef noinline = noinline_attribute(module);
    LLVMValueRef first = NULL;
    bool alike = true;

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f))
            continue;
        if (!first)
            first = f;
        alike = alike && !config_is_weaker(first, f) && !config_is_weaker(f, first);
    }
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f && !alike;
         f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f))
            fence_calls(f, noinline, true);
    }
}
