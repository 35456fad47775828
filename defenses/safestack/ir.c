/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See ir.h. */
#include "ir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

void ir_append(struct values *values, LLVMValueRef value)
{
    if (values->count == values->capacity) {
        values->capacity = values->capacity ? 2 * values->capacity : 32;
        values->at = realloc(values->at, values->capacity * sizeof *values->at);
        if (!values->at)
            abort(); /* as LLVM does */
    }
    values->at[values->count++] = value;
}

unsigned ir_attribute_kind(const char *name)
{
    return LLVMGetEnumAttributeKindForName(name, strlen(name));
}

bool ir_has_attribute(LLVMValueRef function, const char *name)
{
    return LLVMGetEnumAttributeAtIndex(function, FUNCTION_INDEX, ir_attribute_kind(name));
}

void ir_add_attribute(LLVMValueRef function, const char *name)
{
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));

    LLVMAddAttributeAtIndex(function, FUNCTION_INDEX,
                            LLVMCreateEnumAttribute(context, ir_attribute_kind(name), 0));
}

void ir_add_call_attribute(LLVMValueRef call, const char *name)
{
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(call));

    LLVMAddCallSiteAttribute(call, FUNCTION_INDEX,
                             LLVMCreateEnumAttribute(context, ir_attribute_kind(name), 0));
}

LLVMValueRef ir_declare(LLVMModuleRef module, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMGetNamedFunction(module, name);

    return function ? function : LLVMAddFunction(module, name, type);
}

LLVMValueRef ir_version_of_runtime(LLVMValueRef function)
{
    char name[64];
    size_t length;

    snprintf(name, sizeof name, "__memsentry_%s", LLVMGetValueName2(function, &length));
    return ir_declare(LLVMGetGlobalParent(function), name, LLVMGlobalGetValueType(function));
}

bool ir_calls_intrinsic(LLVMValueRef instruction, const char *prefix)
{
    size_t length;

    if (!LLVMIsACallInst(instruction))
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    if (!LLVMIsAFunction(callee) || !LLVMGetIntrinsicID(callee))
        return false;
    const char *name = LLVMIntrinsicGetName(LLVMGetIntrinsicID(callee), &length);
    return !strncmp(name, prefix, strlen(prefix));
}

struct values ir_instructions_of(LLVMValueRef function)
{
    struct values all = {0};

    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = LLVMGetNextInstruction(i))
            ir_append(&all, i);
    }
    return all;
}

LLVMValueRef ir_first_insertion_point(LLVMValueRef function)
{
    LLVMValueRef i = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function));

    while (LLVMIsAAllocaInst(i))
        i = LLVMGetNextInstruction(i);
    return i;
}
