/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * External functions that are called by their addresses. Who calls by an address does not know
 * whom, so the address that the program gets is that of a function which knows.
 */
#include "mediate.h"

#include <stdio.h>
#include <stdlib.h>

#include <llvm-c/Core.h>

#include "../bridge/bridge.h"
#include "../calls/calls.h"
#include "../config.h"

#define NAME_MAX_LENGTH 128

static bool covers(LLVMValueRef function)
{
    return mediate_is_instrumented(function) &&
           !function_has_attribute(function, TRUSTED_ATTRIBUTE) &&
           !function_has_attribute(function, UNCHECKED_ARGUMENTS_ATTRIBUTE);
}

static void copy_attributes(LLVMValueRef from, LLVMValueRef to)
{
    for (unsigned at = 0; at <= LLVMCountParams(from); at++) {
        unsigned count = LLVMGetAttributeCountAtIndex(from, at);
        LLVMAttributeRef *attributes = calloc(count + 1, sizeof(LLVMAttributeRef));
        if (!attributes)
            abort();
        LLVMGetAttributesAtIndex(from, at, attributes);
        for (unsigned i = 0; i < count; i++)
            LLVMAddAttributeAtIndex(to, at, attributes[i]);
        free(attributes);
    }
    LLVMSetFunctionCallConv(to, LLVMGetFunctionCallConv(from));
}

/* Only the tail call that must be one hands on arguments that have no name. */
static LLVMValueRef make_checked(LLVMModuleRef module, LLVMValueRef function)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef type = LLVMGlobalGetValueType(function);
    unsigned count = LLVMCountParams(function);
    char name[NAME_MAX_LENGTH];

    snprintf(name, sizeof name, ".memsentry.checked.%s", mediate_external_name(function));
    LLVMValueRef checked = LLVMAddFunction(module, name, type);
    LLVMSetLinkage(checked, LLVMInternalLinkage);
    copy_attributes(function, checked);
    LLVMValueRef *arguments = calloc(count + 1, sizeof(LLVMValueRef));
    if (!arguments)
        abort();
    LLVMGetParams(checked, arguments);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, checked, ""));
    LLVMValueRef call = LLVMBuildCall2(builder, type, function, arguments, count, "");
    LLVMSetInstructionCallConv(call, LLVMGetFunctionCallConv(function));
    for (unsigned at = 0; at <= count; at++) {
        unsigned kinds = LLVMGetAttributeCountAtIndex(function, at);
        LLVMAttributeRef *attributes = calloc(kinds + 1, sizeof(LLVMAttributeRef));
        if (!attributes)
            abort();
        LLVMGetAttributesAtIndex(function, at, attributes);
        for (unsigned i = 0; i < kinds; i++)
            LLVMAddCallSiteAttribute(call, at, attributes[i]);
        free(attributes);
    }
    LLVMSetTailCallKind(call, LLVMTailCallKindMustTail);
    if (LLVMGetTypeKind(LLVMGetReturnType(type)) == LLVMVoidTypeKind)
        LLVMBuildRetVoid(builder);
    else
        LLVMBuildRet(builder, call);
    LLVMDisposeBuilder(builder);
    free(arguments);
    return checked;
}

static bool is_listed(LLVMValueRef function)
{
    const char *name = mediate_external_name(function);

    return external_call_find(name) || nested_call_find(name);
}

void mediate_addresses(LLVMModuleRef module)
{
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) && !LLVMGetIntrinsicID(f) && is_listed(f) &&
            bridge_replace_address(f, NULL, covers))
            bridge_replace_address(f, make_checked(module, f), covers);
    }
}
