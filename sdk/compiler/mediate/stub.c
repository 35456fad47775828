/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a check of an argument calls when it does not hold: a stub of the module, which adds the
 * name of the callee for the report and goes on to the runtime. There are many checks and few
 * names.
 */
#include "mediate.h"

#include <stdio.h>
#include <string.h>

#include <llvm-c/Comdat.h>
#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#define NAME_SIZE 128

static LLVMAttributeRef attribute(LLVMContextRef context, const char *name)
{
    return LLVMCreateEnumAttribute(context, LLVMGetEnumAttributeKindForName(name, strlen(name)),
                                   0);
}

static LLVMValueRef name_string(const struct mediation *m, const char *name)
{
    char symbol[NAME_SIZE];

    snprintf(symbol, sizeof symbol, ".memsentry.callee.%s", name);
    LLVMValueRef string = LLVMGetNamedGlobal(m->module, symbol);
    if (string)
        return string;
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMValueRef bytes = LLVMConstStringInContext2(context, name, strlen(name), 0);
    string = LLVMAddGlobal(m->module, LLVMTypeOf(bytes), symbol);
    LLVMSetInitializer(string, bytes);
    LLVMSetGlobalConstant(string, 1);
    LLVMSetLinkage(string, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(string, LLVMGlobalUnnamedAddr);
    return string;
}

/* A jump, so that the runtime sees where the check was, and every register as it was there. */
static void fill(const struct mediation *m, LLVMValueRef stub, LLVMValueRef target,
                 const char *name)
{
    static const char constraints[] = "s,s,~{r11}";
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef types[] = {pointer, pointer};
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), types, 2, 0);
    LLVMValueRef operands[] = {name_string(m, name), target};
    LLVMValueRef code =
        LLVMGetInlineAsm(type, MEMSENTRY_CHECK_STUB_CODE, sizeof MEMSENTRY_CHECK_STUB_CODE - 1,
                         constraints, sizeof constraints - 1, 1, 0, LLVMInlineAsmDialectATT, 0);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);

    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, stub, ""));
    LLVMBuildCall2(builder, type, code, operands, 2, "");
    LLVMBuildUnreachable(builder);
    LLVMDisposeBuilder(builder);
}

static LLVMValueRef stub_of(const struct mediation *m, const char *target, LLVMTypeRef type,
                            const char *name)
{
    static const char *const attributes[] = {"cold", "naked", "noinline", "nounwind"};
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    char symbol[NAME_SIZE];

    snprintf(symbol, sizeof symbol, "%s.%s", target, name);
    for (char *space = strchr(symbol, ' '); space; space = strchr(space, ' '))
        *space = '_';
    LLVMValueRef stub = LLVMGetNamedFunction(m->module, symbol);
    if (stub)
        return stub;
    stub = LLVMAddFunction(m->module, symbol, type);
    LLVMSetLinkage(stub, LLVMLinkOnceODRLinkage);
    LLVMSetVisibility(stub, LLVMHiddenVisibility);
    LLVMSetFunctionCallConv(stub, LLVMPreserveMostCallConv);
    LLVMComdatRef comdat = LLVMGetOrInsertComdat(m->module, symbol);
    LLVMSetComdat(stub, comdat);
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        LLVMAddAttributeAtIndex(stub, (unsigned)LLVMAttributeFunctionIndex,
                                attribute(context, attributes[i]));
    fill(m, stub, mediate_runtime_function(m, target, type, false), name);
    return stub;
}

void mediate_call_stub(const struct mediation *m, LLVMValueRef pointer, LLVMValueRef length,
                       const char *name)
{
    const char *target = length ? MEMSENTRY_CHECK_RANGE_SYMBOL : MEMSENTRY_CHECK_POINTER_SYMBOL;
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef types[] = {LLVMPointerTypeInContext(context, 0),
                           LLVMInt64TypeInContext(context)};
    unsigned count = length ? 2 : 1;
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), types, count, 0);
    LLVMValueRef arguments[] = {pointer, length};
    LLVMValueRef call =
        LLVMBuildCall2(m->builder, type, stub_of(m, target, type, name), arguments, count, "");

    LLVMSetInstructionCallConv(call, LLVMPreserveMostCallConv);
}
