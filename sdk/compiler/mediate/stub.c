/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a check of an argument calls when it does not hold: a stub of the module, which adds the
 * name of the callee for the report and goes on to the runtime. There are many checks and few
 * names.
 */
#include "mediate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "../function.h"

static LLVMValueRef name_string(const struct mediation *m, const char *name)
{
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMValueRef bytes = LLVMConstStringInContext2(context, name, strlen(name), 0);
    LLVMValueRef string = LLVMAddGlobal(m->module, LLVMTypeOf(bytes), ".memsentry.callee");

    LLVMSetInitializer(string, bytes);
    LLVMSetGlobalConstant(string, 1);
    LLVMSetLinkage(string, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(string, LLVMGlobalUnnamedAddr);
    return string;
}

/* A jump, so that the runtime sees where the check was, and every register as it was there. */
static LLVMValueRef make_stub(const struct mediation *m, const char *symbol, const char *target,
                              LLVMTypeRef type, const char *name)
{
    LLVMValueRef operands[] = {name_string(m, name),
                               mediate_runtime_function(m, target, type, false)};
    LLVMValueRef stub = function_add_stub(m->module, symbol, type, MEMSENTRY_CHECK_STUB_CODE,
                                          "s,s,~{r11}", operands, 2);

    LLVMSetFunctionCallConv(stub, LLVMPreserveMostCallConv);
    return stub;
}

static LLVMValueRef stub_of(const struct mediation *m, const char *target, LLVMTypeRef type,
                            const char *name)
{
    char *symbol; /* names of C++ are as long as they like */

    if (asprintf(&symbol, "%s.%s", target, name) < 0)
        abort(); /* as LLVM does */
    for (char *space = strchr(symbol, ' '); space; space = strchr(space, ' '))
        *space = '_';
    LLVMValueRef stub = LLVMGetNamedFunction(m->module, symbol);
    if (!stub)
        stub = make_stub(m, symbol, target, type, name);
    free(symbol);
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
