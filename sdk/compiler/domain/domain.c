/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Puts the gates into one function; see domain.h. */
#include "domain.h"

#include <stdio.h>
#include <stdlib.h>

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "../bounds/displacement.h"
#include "../bridge/bridge.h"
#include "../config.h"
#include "../mediate/access.h"
#include "../mediate/mediate.h"
#include "demand.h"
#include "place.h"

struct function {
    LLVMValueRef function;
    LLVMTargetDataRef layout;
    const struct backend *backend;
    unsigned mode;
    bool remarks;
};

/* Calls visit() once of every instruction that is there now; it may split blocks. */
static void for_each(const struct function *f,
                     void (*visit)(const struct function *, LLVMValueRef, void *),
                     void *context)
{
    LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f->function), next_block;
    LLVMValueRef next;

    for (; block; block = next_block) {
        LLVMValueRef i = LLVMGetFirstInstruction(block);
        next_block = LLVMGetNextBasicBlock(block);
        for (; i; i = next) {
            next = LLVMGetNextInstruction(i);
            visit(f, i, context);
        }
    }
}

/* The most that a parameter may be said to have. */
#define ARGUMENT_ALIGNMENT 64

static LLVMValueRef copy_argument(const struct function *f, LLVMValueRef call,
                                  LLVMValueRef pointer, LLVMTypeRef type)
{
    LLVMContextRef context = LLVMGetTypeContext(type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMValueRef size =
        LLVMConstInt(LLVMInt64TypeInContext(context), LLVMStoreSizeOfType(f->layout, type), 0);

    LLVMPositionBuilderBefore(builder,
                              LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(f->function)));
    LLVMValueRef variable = LLVMBuildAlloca(builder, type, "");
    LLVMSetAlignment(variable, ARGUMENT_ALIGNMENT);
    LLVMPositionBuilderBefore(builder, call);
    LLVMBuildMemCpy(builder, variable, ARGUMENT_ALIGNMENT, pointer, 1, size);
    LLVMDisposeBuilder(builder);
    return variable;
}

/*
 * What a call copies into an argument is read when the domain is closed, as for every call:
 * out of a region it has to be copied before.
 */
static void copy_arguments(const struct function *f, LLVMValueRef instruction, void *context)
{
    (void)context;
    if (!calls_function(instruction))
        return;
    for (unsigned i = 0; i < LLVMGetNumArgOperands(instruction); i++) {
        LLVMTypeRef type = access_argument_type(instruction, i, "byval");
        LLVMValueRef pointer = LLVMGetOperand(instruction, i);
        if (type && !leads_into_variable(f->layout, pointer))
            LLVMSetOperand(instruction, i, copy_argument(f, instruction, pointer, type));
    }
}

/* All that a trusted function does to memory may be meant for a region. */
static void mark_access(const struct function *f, LLVMValueRef instruction, void *context)
{
    (void)context;
    /* Calls are closed around, what they lead to opens for itself. */
    if (!calls_function(instruction) &&
        (bridge_may_read(instruction) || bridge_may_write(instruction)) &&
        demand_of(f->layout, instruction, f->mode) == DEMAND_CLOSED)
        memsentry_saferegion_access(instruction);
}

static void count_open(const struct function *f, LLVMValueRef instruction, void *context)
{
    unsigned *count = context;

    if (demand_of(f->layout, instruction, f->mode) != DEMAND_OPEN)
        return;
    ++*count;
    if (f->remarks)
        bridge_remark(instruction, false, "Opened",
                      "gated: an access to a safe region, the domain is open for it");
}

/*
 * While the domain is open, the ordinary side of a copy must not lead into a region: it is kept
 * in the upper half, as an address backend would.
 */
static void confine_mixed(const struct function *f, LLVMValueRef instruction, void *context)
{
    (void)context;
    if (demand_is_mixed(f->layout, instruction, f->mode))
        mediate_ordinary_side(instruction);
}

static void replace_access(const struct function *f, LLVMValueRef instruction, void *context)
{
    (void)context;
    if (demand_of(f->layout, instruction, f->mode) != DEMAND_OPEN)
        return;
    const char *error = f->backend->replace(f->layout, instruction);
    if (error)
        bridge_error(LLVMGetGlobalParent(f->function), instruction, error);
}

static void put_gates(const struct function *f, unsigned accesses)
{
    LLVMBuilderRef builder =
        LLVMCreateBuilderInContext(LLVMGetModuleContext(LLVMGetGlobalParent(f->function)));
    size_t count, opening = 0;
    struct place *places = place_gates(f->function, f->layout, f->mode, &count);
    char message[96];

    for (size_t i = 0; i < count; i++) {
        LLVMPositionBuilderBefore(builder, places[i].before);
        f->backend->emit_gate(builder, places[i].gate, f->mode);
        opening += places[i].gate == GATE_OPENS;
    }
    LLVMDisposeBuilder(builder);
    free(places);
    if (!f->remarks)
        return;
    snprintf(message, sizeof message, "%u accesses to safe regions, %zu gates open, %zu close",
             accesses, opening, count - opening);
    bridge_remark(f->function, false, "Gates", message);
}

bool domain_function(LLVMValueRef function)
{
    struct function f = {
        .function = function,
        .layout = LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)),
    };
    unsigned accesses = 0;

    if (LLVMIsDeclaration(function) ||
        function_has_attribute(function, MEMSENTRY_DONE_ATTRIBUTE) ||
        !config_of_function(function, &f.backend, &f.mode) || function_is_naked(function))
        return false;
    f.remarks = bridge_remarks_enabled(function);
    if (config_is_whitelisted(function)) {
        for_each(&f, copy_arguments, NULL);
        for_each(&f, mark_access, NULL);
    } else if (function_has_attribute(function, TRUSTED_ATTRIBUTE))
        return false;
    for_each(&f, count_open, &accesses);
    if (f.backend->replace) {
        for_each(&f, replace_access, NULL);
    } else if (accesses) {
        mediate_drop_facts(function);
        for_each(&f, confine_mixed, NULL);
        /* So that a gate may stand on any way from one block to another. */
        bridge_split_critical_edges(function);
        put_gates(&f, accesses);
        bridge_fold_empty_blocks(function);
    }
    function_add_attribute(function, MEMSENTRY_DONE_ATTRIBUTE, "");
    return true;
}
