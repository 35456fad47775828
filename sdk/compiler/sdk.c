/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What defenses call: the functions of memsentry-pass.h, except those of bounds/. */
#include <memsentry-pass.h>

#include <string.h>

#include <llvm-c/Core.h>

#include "bridge/bridge.h"
#include "config.h"
#include "sdk.h"

#define SAFEREGION_METADATA "memsentry.saferegion"

static unsigned saferegion_kind(LLVMValueRef instruction)
{
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(instruction));

    return LLVMGetMDKindIDInContext(context, SAFEREGION_METADATA,
                                    sizeof SAFEREGION_METADATA - 1);
}

void memsentry_saferegion_access(LLVMValueRef instruction)
{
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(instruction));
    LLVMMetadataRef empty = LLVMMDNodeInContext2(context, NULL, 0);

    LLVMSetMetadata(instruction, saferegion_kind(instruction),
                    LLVMMetadataAsValue(context, empty));
}

bool memsentry_is_saferegion_access(LLVMValueRef instruction)
{
    return LLVMGetMetadata(instruction, saferegion_kind(instruction)) != NULL;
}

void sdk_forget_access(LLVMValueRef instruction)
{
    LLVMSetMetadata(instruction, saferegion_kind(instruction), NULL);
}

static const struct backend *backend_at(LLVMBuilderRef builder)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInsertBlock(builder));
    const struct backend *backend;
    unsigned mode;

    return config_of_function(function, &backend, &mode) ? backend : NULL;
}

LLVMValueRef memsentry_confine(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    const struct backend *backend = backend_at(builder);

    return backend && backend->mask ? backend->mask(builder, pointer) : pointer;
}

LLVMValueRef memsentry_confine_here(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    const struct backend *backend = backend_at(builder);

    return backend && backend->mask ? backend->mask_here(builder, pointer) : pointer;
}

bool memsentry_is_confined(LLVMValueRef pointer)
{
    const struct backend *backend;
    unsigned mode;

    if (!LLVMIsAInstruction(pointer))
        return false;
    LLVMBasicBlockRef block = LLVMGetInstructionParent(pointer);
    return config_of_function(LLVMGetBasicBlockParent(block), &backend, &mode) &&
           (!backend->is_masked || backend->is_masked(pointer));
}

bool memsentry_returns_twice(LLVMValueRef call)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(call);

    if (opcode != LLVMCall && opcode != LLVMInvoke)
        return false;
    unsigned kind = LLVMGetEnumAttributeKindForName("returns_twice", 13);
    unsigned at = (unsigned)LLVMAttributeFunctionIndex;
    LLVMValueRef callee = LLVMGetCalledValue(call);
    return LLVMGetCallSiteEnumAttribute(call, at, kind) ||
           (LLVMIsAFunction(callee) && LLVMGetEnumAttributeAtIndex(callee, at, kind));
}

static const char *const stack_names[] = {
    [MEMSENTRY_STACK_NORMAL] = "normal",
    [MEMSENTRY_STACK_SAFE] = "safe",
    [MEMSENTRY_STACK_EXEMPT] = "exempt",
};

void memsentry_set_stack(LLVMValueRef function, enum memsentry_stack stack)
{
    function_add_attribute(function, STACK_ATTRIBUTE, stack_names[stack]);
}

enum memsentry_stack memsentry_get_stack(LLVMValueRef function)
{
    const char *value = function_attribute(function, STACK_ATTRIBUTE);

    for (unsigned stack = 0; value && stack < sizeof stack_names / sizeof stack_names[0];
         stack++) {
        if (!strcmp(value, stack_names[stack]))
            return (enum memsentry_stack)stack;
    }
    return MEMSENTRY_STACK_NORMAL;
}

bool memsentry_confines_reads(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return config_of_function(function, &backend, &mode) && backend->mask &&
           (mode & ACCESS_READ);
}

LLVMValueRef memsentry_pass_chain(LLVMValueRef call, LLVMValueRef chain)
{
    return bridge_call_with_chain(call, chain);
}

LLVMValueRef memsentry_receive_chain(LLVMValueRef function, LLVMTypeRef *added, unsigned count,
                                     bool variadic)
{
    return bridge_function_with_chain(function, added, count, variadic);
}

/* The linker optimizes modules in threads of its own. */
static _Thread_local bool error_reported;

bool sdk_error_was_reported(void)
{
    return error_reported;
}

void sdk_forget_errors(void)
{
    error_reported = false;
}

void memsentry_error(LLVMModuleRef module, const char *message)
{
    error_reported = true;
    bridge_error(module, NULL, message);
}
