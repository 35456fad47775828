/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Counts the calls of each function where the program cannot change the numbers. */
#include <memsentry-pass.h>

#include <string.h>

#include <llvm-c/Core.h>

#include "example.h"

#define COUNTED "example-counted"

static LLVMAttributeRef attribute(LLVMValueRef function, const char *name)
{
    LLVMAttributeIndex at = LLVMAttributeFunctionIndex;
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

    return kind ? LLVMGetEnumAttributeAtIndex(function, at, kind)
                : LLVMGetStringAttributeAtIndex(function, at, name, (unsigned)strlen(name));
}

static bool is_wanted(LLVMValueRef function)
{
    const char *only = memsentry_option(&memsentry_defense, "only");
    size_t length;

    /* A naked function has no frame for code of ours; a counted one was in a merged module. */
    return !LLVMIsDeclaration(function) && !attribute(function, "naked") &&
           !attribute(function, COUNTED) &&
           (!only || !strcmp(only, LLVMGetValueName2(function, &length)));
}

static void count(LLVMBuilderRef builder, LLVMValueRef function, LLVMValueRef variable)
{
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    LLVMTypeRef word = LLVMInt64TypeInContext(context);
    size_t length;

    LLVMPositionBuilderBefore(builder,
                              LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
    LLVMValueRef counters = LLVMBuildLoad2(builder, LLVMTypeOf(variable), variable, "");
    size_t slot = example_slot(LLVMGetValueName2(function, &length));
    LLVMValueRef index = LLVMConstInt(word, slot, 0);
    LLVMValueRef counter = LLVMBuildGEP2(builder, word, counters, &index, 1, "");
    LLVMValueRef add =
        LLVMBuildAtomicRMW(builder, LLVMAtomicRMWBinOpAdd, counter, LLVMConstInt(word, 1, 0),
                           LLVMAtomicOrderingMonotonic, 0);
    /* Its address comes from a page that nobody writes, and from a constant. */
    memsentry_saferegion_access(add);
    LLVMAddAttributeAtIndex(
        function, LLVMAttributeFunctionIndex,
        LLVMCreateStringAttribute(context, COUNTED, sizeof COUNTED - 1, "", 0));
}

static int run(LLVMModuleRef module)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMValueRef variable = LLVMGetNamedGlobal(module, "example_counters");

    if (!variable)
        variable =
            LLVMAddGlobal(module, LLVMPointerTypeInContext(context, 0), "example_counters");
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (is_wanted(f))
            count(builder, f, variable);
    }
    LLVMDisposeBuilder(builder);
    return 0;
}

static const char *const options[] = {"only", NULL};

const struct memsentry_defense memsentry_defense = {
    .version = MEMSENTRY_PASS_VERSION,
    .name = "example",
    .run = run,
    .options = options,
};
