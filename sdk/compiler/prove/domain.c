/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The domain's state on every path, and what it has to be where. */
#include "accesses.h"

#include <stdlib.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "../bridge/bridge.h"
#include "../calls/reach.h"
#include "../config.h"

/* Not an argument at the same time. */
static bool use_is_callee(LLVMValueRef call, LLVMValueRef function)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (LLVMGetOperand(call, i) == function)
            return false;
    }
    return true;
}

static bool is_call(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) || LLVMIsAInvokeInst(instruction) ||
           LLVMIsACallBrInst(instruction);
}

static bool is_intrinsic(LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);

    return LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee);
}

/* Mathematics is a call of libm, unless the processor has an instruction for it. */
static bool is_mathematics(LLVMValueRef intrinsic)
{
    LLVMTypeRef type = LLVMTypeOf(intrinsic);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    LLVMTypeKind kind = LLVMGetTypeKind(type);
    return kind == LLVMHalfTypeKind || kind == LLVMFloatTypeKind ||
           kind == LLVMDoubleTypeKind || kind == LLVMX86_FP80TypeKind ||
           kind == LLVMFP128TypeKind ||
           (kind == LLVMStructTypeKind && !bridge_may_read(intrinsic) &&
            LLVMGetTypeKind(LLVMStructGetTypeAtIndex(type, 0)) != LLVMIntegerTypeKind);
}

static bool is_inner_return(LLVMValueRef instruction)
{
    LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);

    return LLVMIsAReturnInst(instruction) &&
           function_has_attribute(LLVMGetBasicBlockParent(block), INNER_ATTRIBUTE);
}

/* Whether code runs from here on that is not this function's, or that nobody can look into. */
static bool leaves(LLVMValueRef instruction)
{
    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMRet:
        return !is_inner_return(instruction);
    case LLVMResume:
    case LLVMCleanupRet:
    case LLVMCatchRet:
    case LLVMCatchSwitch:
    case LLVMInvoke:
    case LLVMCallBr:
        return true;
    case LLVMCall:
        if (is_intrinsic(instruction))
            return is_mathematics(instruction);
        if (config_is_inner_call(instruction))
            return false;
        return !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)) ||
               !memsentry_is_saferegion_access(instruction);
    default:
        return false;
    }
}

static bool is_trusted_assembly(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) && LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)) &&
           memsentry_is_saferegion_access(instruction);
}

static bool is_region_pointer(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind &&
           LLVMGetPointerAddressSpace(type) == MEMSENTRY_REGION_ADDRESS_SPACE;
}

/* Whether an intrinsic accesses a safe region in a way that a closed domain denies. */
static bool intrinsic_needs_open(LLVMValueRef call, bool reads)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (is_region_pointer(LLVMGetOperand(call, i)) &&
            (bridge_argument_may_write(call, i) ||
             (reads && bridge_argument_may_read(call, i))))
            return true;
    }
    return false;
}

/* Marks of lifetimes and the like, which LLVM has write memory. */
static bool touches_nothing(LLVMValueRef intrinsic)
{
    size_t length;
    unsigned id = LLVMGetIntrinsicID(LLVMGetCalledValue(intrinsic));

    return intrinsic_reach(LLVMIntrinsicGetName(id, &length)) == REACH_NOTHING;
}

static bool needs_open(LLVMValueRef instruction, bool reads)
{
    if (config_is_inner_call(instruction) || is_inner_return(instruction))
        return true;
    bool touches = bridge_may_write(instruction) || (reads && bridge_may_read(instruction));

    if (is_call(instruction) && !is_intrinsic(instruction))
        return is_trusted_assembly(instruction);
    if (is_call(instruction) && touches_nothing(instruction))
        return false;
    bool marked = memsentry_is_saferegion_access(instruction);
    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMStore:
        return marked || is_region_pointer(LLVMGetOperand(instruction, 1));
    case LLVMLoad: /* volatile ones have side effects, and write nothing */
        return reads && (marked || is_region_pointer(LLVMGetOperand(instruction, 0)));
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
        return marked || is_region_pointer(LLVMGetOperand(instruction, 0));
    default:
        return (touches && marked) ||
               (is_call(instruction) && intrinsic_needs_open(instruction, reads));
    }
}

/* The state after an instruction. What other code does, it leaves closed. */
static unsigned state_after(LLVMValueRef instruction, unsigned state,
                            const struct backend *backend, unsigned mode)
{
    switch (backend->gate_of(instruction, mode)) {
    case GATE_OPENS:
        return DOMAIN_OPEN;
    case GATE_CLOSES:
        return DOMAIN_CLOSED;
    case GATE_NONE:
        break;
    }
    return is_call(instruction) && leaves(instruction) ? DOMAIN_CLOSED : state;
}

/* The states at the starts of blocks, by the index of their first instruction. */
static unsigned char *states_at_starts(const struct facts *facts, const struct backend *backend,
                                       unsigned mode)
{
    unsigned char *states = prove_allocate(facts->count, sizeof *states);
    bool progress = true;

    states[0] =
        function_has_attribute(facts->function, INNER_ATTRIBUTE) ? DOMAIN_OPEN : DOMAIN_CLOSED;
    while (progress) {
        unsigned state = DOMAIN_NONE;
        progress = false;
        for (size_t i = 0; i < facts->count; i++) {
            LLVMValueRef instruction = facts->instructions[i];
            LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
            if (instruction == LLVMGetFirstInstruction(block))
                state = states[i];
            state = state ? state_after(instruction, state, backend, mode) : DOMAIN_NONE;
            if (!LLVMIsATerminatorInst(instruction))
                continue;
            for (unsigned s = 0; s < LLVMGetNumSuccessors(instruction); s++) {
                LLVMBasicBlockRef next = LLVMGetSuccessor(instruction, s);
                size_t at = facts_index(facts, LLVMGetFirstInstruction(next));
                progress = progress || (states[at] | state) != states[at];
                states[at] |= (unsigned char)state;
            }
        }
    }
    return states;
}

static void judge_closed(const struct judge *judge, LLVMValueRef instruction)
{
    if (needs_open(instruction, judge->mode & ACCESS_READ))
        judge_fail(judge, instruction, NULL,
                   "the domain is open for this access to a safe region");
    else if (bridge_may_read(instruction) || bridge_may_write(instruction))
        judge->proof->proved++;
}

static void judge_leaving(const struct judge *judge, LLVMValueRef instruction)
{
    if (judge->domain & DOMAIN_OPEN)
        judge_fail(judge, instruction, NULL, "the domain is closed where other code runs");
    else
        judge->proof->proved++;
}

/* The domain is open, on some path at least. */
static void judge_open(const struct judge *judge, LLVMValueRef instruction)
{
    if ((judge->domain & DOMAIN_CLOSED) &&
        (is_trusted_assembly(instruction) || config_is_inner_call(instruction) ||
         is_inner_return(instruction)))
        judge_fail(judge, instruction, NULL, "the domain is open for this trusted code");
    judge_instruction(judge, instruction);
}

bool judge_has_gates(LLVMValueRef function, const struct backend *backend, unsigned mode)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (backend->gate_of(i, mode))
                return true;
        }
    }
    return false;
}

/* Nothing but a call by name, which the proof looks at, may enter it. */
static void judge_uses_of_inner(const struct judge *judge, LLVMValueRef function)
{
    LLVMValueRef first = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function));
    bool local = LLVMGetLinkage(function) == LLVMInternalLinkage;

    for (LLVMUseRef use = LLVMGetFirstUse(function); local && use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        const struct backend *backend;
        unsigned mode;
        local = LLVMIsACallInst(user) && LLVMGetCalledValue(user) == function &&
                use_is_callee(user, function) &&
                config_of_function(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)),
                                   &backend, &mode);
    }
    if (!local)
        judge_fail(judge, first, NULL, "only trusted code enters this function");
}

void judge_never_open(const struct judge *judge, LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = LLVMGetNextInstruction(i))
            judge_closed(judge, i);
    }
}

void judge_gates(const struct judge *given, const struct backend *backend, unsigned mode)
{
    struct judge judge = *given;
    const struct facts *facts = judge.facts;
    unsigned char *states = states_at_starts(facts, backend, mode);

    if (function_has_attribute(facts->function, INNER_ATTRIBUTE))
        judge_uses_of_inner(&judge, facts->function);
    for (size_t i = 0; i < facts->count; i++) {
        LLVMValueRef instruction = facts->instructions[i];
        LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
        if (instruction == LLVMGetFirstInstruction(block))
            judge.domain = states[i];
        if (!judge.domain)
            continue; /* never reached */
        unsigned after = state_after(instruction, judge.domain, backend, mode);
        if (!backend->gate_of(instruction, mode)) {
            if (leaves(instruction))
                judge_leaving(&judge, instruction);
            else if (judge.domain == DOMAIN_CLOSED)
                judge_closed(&judge, instruction);
            else
                judge_open(&judge, instruction);
        }
        judge.domain = after;
    }
    free(states);
}
