/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What could go wrong with the gates of a domain. Nothing excuses any of it. */
#include "mutate.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "config.h"

/* What `instruction` does to the domain of its function's backend. */
static enum gate gate_of(LLVMValueRef instruction, const struct backend **backend,
                         unsigned *mode)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));

    if (!config_of_function(function, backend, mode) || !(*backend)->gate_of)
        return GATE_NONE;
    return (*backend)->gate_of(instruction, *mode);
}

static LLVMContextRef context_of(LLVMValueRef value)
{
    return LLVMGetTypeContext(LLVMTypeOf(value));
}

/* Stands for an address that nothing is known of. */
static LLVMValueRef anywhere(LLVMValueRef instruction)
{
    return LLVMGetUndef(LLVMPointerTypeInContext(context_of(instruction), 0));
}

static LLVMBuilderRef builder_behind(LLVMValueRef instruction)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context_of(instruction));

    LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(instruction));
    return builder;
}

/* A gate of the opposite kind right behind one of the `wanted` kind. */
static bool add_opposite(struct edit *edit, LLVMValueRef instruction, enum gate wanted,
                         LLVMValueRef *left)
{
    const struct backend *backend;
    unsigned mode;

    if (gate_of(instruction, &backend, &mode) != wanted)
        return false;
    LLVMBuilderRef builder = builder_behind(instruction);
    backend->emit_gate(builder, wanted == GATE_OPENS ? GATE_CLOSES : GATE_OPENS, mode);
    LLVMDisposeBuilder(builder);
    edit_add(edit, LLVMGetNextInstruction(instruction));
    *left = anywhere(instruction);
    return true;
}

bool gate_closed_early(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    (void)changed;
    return add_opposite(edit, instruction, GATE_OPENS, left);
}

#define WAYS_MAX 64

/* A variable as a whole, wherever the domain stands. */
static bool is_variable(LLVMValueRef instruction)
{
    LLVMValueRef pointer = LLVMGetOperand(instruction, LLVMIsAStoreInst(instruction) ? 1 : 0);

    return LLVMIsAGlobalVariable(pointer) || LLVMIsAAllocaInst(pointer);
}

/* Whether from here on every way comes to a gate before anything that the domain is to. */
static bool gate_decides(LLVMValueRef from, LLVMBasicBlockRef *seen, size_t *count)
{
    const struct backend *backend;
    unsigned mode;

    for (LLVMValueRef i = from; i; i = LLVMGetNextInstruction(i)) {
        if (gate_of(i, &backend, &mode) != GATE_NONE)
            return true;
        if ((LLVMIsALoadInst(i) || LLVMIsAStoreInst(i)) && is_variable(i))
            continue;
        if (LLVMIsACallInst(i) || LLVMIsALoadInst(i) || LLVMIsAStoreInst(i) ||
            LLVMIsAAtomicRMWInst(i) || LLVMIsAAtomicCmpXchgInst(i) || LLVMIsAReturnInst(i) ||
            LLVMIsAInvokeInst(i) || LLVMIsAResumeInst(i))
            return false;
    }
    LLVMValueRef end = LLVMGetBasicBlockTerminator(LLVMGetInstructionParent(from));
    for (unsigned s = 0; s < LLVMGetNumSuccessors(end); s++) {
        LLVMBasicBlockRef next = LLVMGetSuccessor(end, s);
        size_t k = 0;
        while (k < *count && seen[k] != next)
            k++;
        if (k < *count)
            continue;
        if (*count == WAYS_MAX)
            return false;
        seen[(*count)++] = next;
        if (!gate_decides(LLVMGetFirstInstruction(next), seen, count))
            return false;
    }
    return true;
}

bool gate_left_open(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                    LLVMValueRef *left)
{
    LLVMBasicBlockRef seen[WAYS_MAX];
    const struct backend *backend;
    unsigned mode;
    size_t count = 0;

    (void)changed;
    if (gate_of(instruction, &backend, &mode) == GATE_CLOSES &&
        gate_decides(LLVMGetNextInstruction(instruction), seen, &count))
        return false; /* the same program */
    return add_opposite(edit, instruction, GATE_CLOSES, left);
}

/* A write to wherever a pointer from the region leads. */
bool gate_write_while_open(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                           LLVMValueRef *left)
{
    LLVMContextRef context = context_of(instruction);
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef region = LLVMPointerTypeInContext(context, MEMSENTRY_REGION_ADDRESS_SPACE);
    const struct backend *backend;
    unsigned mode;

    (void)changed;
    if (gate_of(instruction, &backend, &mode) != GATE_OPENS)
        return false;
    LLVMBuilderRef builder = builder_behind(instruction);
    LLVMValueRef target = LLVMBuildLoad2(builder, pointer, LLVMConstPointerNull(region), "");
    edit_add(edit, target);
    edit_add(edit,
             LLVMBuildStore(builder, LLVMConstNull(LLVMInt8TypeInContext(context)), target));
    LLVMDisposeBuilder(builder);
    *left = anywhere(instruction);
    return true;
}

bool gate_call_while_open(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                          LLVMValueRef *left)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    LLVMModuleRef module = LLVMGetGlobalParent(function);
    LLVMTypeRef type =
        LLVMFunctionType(LLVMVoidTypeInContext(context_of(instruction)), NULL, 0, 0);
    LLVMValueRef callee = LLVMGetNamedFunction(module, "mutant_callee");
    const struct backend *backend;
    unsigned mode;

    (void)changed;
    if (gate_of(instruction, &backend, &mode) != GATE_OPENS)
        return false;
    if (!callee)
        callee = LLVMAddFunction(module, "mutant_callee", type);
    LLVMBuilderRef builder = builder_behind(instruction);
    edit_add(edit, LLVMBuildCall2(builder, type, callee, NULL, 0, ""));
    LLVMDisposeBuilder(builder);
    *left = anywhere(instruction);
    return true;
}

/* The closing gate loses what it does after it has written the register. */
bool gate_unchecked(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                    LLVMValueRef *left)
{
    const struct backend *backend;
    size_t length, constraint_length;
    unsigned mode;

    (void)changed;
    if (gate_of(instruction, &backend, &mode) != GATE_CLOSES)
        return false;
    LLVMValueRef assembly = LLVMGetCalledValue(instruction);
    const char *code = LLVMGetInlineAsmAsmString(assembly, &length);
    const char *constraints = LLVMGetInlineAsmConstraintString(assembly, &constraint_length);
    const char *cut = memmem(code, length, "wrpkru;", 7);
    if (!cut)
        return false;
    LLVMValueRef other =
        LLVMGetInlineAsm(LLVMGetInlineAsmFunctionType(assembly), code, (size_t)(cut - code) + 6,
                         constraints, constraint_length, 1, 0, LLVMInlineAsmDialectATT, 0);
    edit_operand(edit, instruction, (unsigned)LLVMGetNumOperands(instruction) - 1, other);
    *left = anywhere(instruction);
    return true;
}

/* An access to the region becomes one to anywhere. */
bool gate_mark_dropped(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    unsigned at = LLVMIsAStoreInst(instruction) ? 1 : 0;
    const struct backend *backend;
    unsigned mode;

    (void)changed;
    if (!LLVMIsAStoreInst(instruction) && !LLVMIsALoadInst(instruction))
        return false;
    LLVMValueRef pointer = LLVMGetOperand(instruction, at);
    gate_of(instruction, &backend, &mode);
    if (LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) != MEMSENTRY_REGION_ADDRESS_SPACE ||
        !backend || !backend->gate_of || (mode == ACCESS_WRITE && at == 0))
        return false;
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context_of(instruction));
    LLVMPositionBuilderBefore(builder, instruction);
    LLVMValueRef ordinary = LLVMBuildAddrSpaceCast(
        builder, pointer, LLVMPointerTypeInContext(context_of(instruction), 0), "");
    LLVMDisposeBuilder(builder);
    edit_add(edit, ordinary);
    edit_operand(edit, instruction, at, ordinary);
    *left = anywhere(instruction);
    return true;
}
