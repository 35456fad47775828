/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Inner and outer functions; see inner.h. */
#include "inner.h"

#include <stdbool.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "../bridge/bridge.h"
#include "../config.h"

static bool is_trusted(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return !LLVMIsDeclaration(function) && config_is_whitelisted(function) &&
           !function_has_attribute(function, MEMSENTRY_DONE_ATTRIBUTE) &&
           !function_is_naked(function) && config_of_function(function, &backend, &mode) &&
           backend->emit_gate;
}

/* Another body may stand for this one at link or at run time. */
static bool is_interposable(LLVMValueRef function)
{
    switch (LLVMGetLinkage(function)) {
    case LLVMExternalLinkage:
    case LLVMInternalLinkage:
    case LLVMPrivateLinkage:
    case LLVMLinkOnceODRLinkage:
    case LLVMWeakODRLinkage:
        return false;
    default:
        return true;
    }
}

/* What cannot be passed on by an ordinary call. */
static bool has_special_parameter(LLVMValueRef function)
{
    static const char *const names[] = {"inalloca", "preallocated", "swifterror", "swiftasync",
                                        "nest"};

    return function_has_parameter(function, names, sizeof names / sizeof names[0]);
}

static bool is_tail_call(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) &&
           LLVMGetTailCallKind(instruction) == LLVMTailCallKindMustTail;
}

static bool is_splittable(LLVMValueRef function)
{
    return is_trusted(function) && !is_interposable(function) &&
           !LLVMIsFunctionVarArg(LLVMGlobalGetValueType(function)) &&
           !has_special_parameter(function) &&
           /* There is no room for a gate between such a call and the return. */
           !function_has_instruction(function, is_tail_call);
}

/* A call by name in trusted code that is confined alike. An invoke has an end that is closed.
 */
static bool is_inner_call(LLVMValueRef user, LLVMValueRef function)
{
    if (!LLVMIsACallInst(user) || is_tail_call(user) || LLVMGetCalledValue(user) != function ||
        LLVMGetCalledFunctionType(user) != LLVMGlobalGetValueType(function))
        return false;
    LLVMValueRef caller = LLVMGetBasicBlockParent(LLVMGetInstructionParent(user));
    return is_trusted(caller) && !config_is_weaker(caller, function) &&
           function_has_attribute(caller, PRESERVE_ATTRIBUTE) ==
               function_has_attribute(function, PRESERVE_ATTRIBUTE);
}

static bool has_inner_call(LLVMValueRef function)
{
    for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = LLVMGetNextUse(use)) {
        if (is_inner_call(LLVMGetUser(use), function))
            return true;
    }
    return false;
}

static void split(LLVMValueRef function)
{
    LLVMValueRef inner = bridge_split_entry(function, ".inner");
    LLVMUseRef next;

    function_add_attribute(inner, INNER_ATTRIBUTE, "");
    for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = next) {
        LLVMValueRef user = LLVMGetUser(use);
        next = LLVMGetNextUse(use);
        if (is_inner_call(user, function))
            LLVMSetOperand(user, (unsigned)LLVMGetNumOperands(user) - 1, inner);
    }
}

void inner_split(LLVMModuleRef module)
{
    LLVMValueRef next;

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = next) {
        next = LLVMGetNextFunction(f);
        if (is_splittable(f) && has_inner_call(f))
            split(f);
    }
}
