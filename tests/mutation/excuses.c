/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Why a mutant may be accepted. This knows nothing of distances and sizes, so it can only
 * excuse the loss of a mask or check that another one stands for, never an address that moved.
 */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "calls/calls.h"
#include "calls/format.h"
#include "config.h"

#define DEPTH 64

static bool is_object(LLVMValueRef value)
{
    if (LLVMIsAGlobalVariable(value))
        return !LLVMIsThreadLocal(value);
    return LLVMIsAFunction(value) || LLVMIsAAllocaInst(value) || LLVMIsAConstantInt(value) ||
           LLVMIsAConstantPointerNull(value) || LLVMIsAGlobalAlias(value);
}

static bool has_byval(LLVMValueRef value)
{
    if (!LLVMIsAArgument(value))
        return false;
    LLVMValueRef function = LLVMGetParamParent(value);
    for (unsigned i = 0; i < LLVMCountParams(function); i++) {
        if (LLVMGetParam(function, i) == value)
            return LLVMGetEnumAttributeAtIndex(function, i + 1,
                                               LLVMGetEnumAttributeKindForName("byval", 5));
    }
    return false;
}

/* Whether all that `value` is computed from are masks and objects. */
static bool comes_from_masks(LLVMValueRef value, int depth, LLVMValueRef *witness)
{
    if (depth == 0)
        return true; /* a cycle adds no new source */
    if (is_object(value) || has_byval(value)) {
        if (!*witness)
            *witness = value;
        return true;
    }
    if (LLVMIsAInstruction(value) && is_mask(value)) {
        *witness = value;
        return true;
    }
    if (LLVMIsAConstantExpr(value))
        return comes_from_masks(LLVMGetOperand(value, 0), depth - 1, witness);
    if (!LLVMIsAInstruction(value))
        return false;
    unsigned first = 0, count = 1;
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMGetElementPtr:
    case LLVMPtrToInt:
    case LLVMIntToPtr:
    case LLVMFreeze:
    case LLVMAnd:
    case LLVMAdd: /* of a bounded number, which the proof has to know */
    case LLVMSub:
    case LLVMExtractElement:
        break;
    case LLVMSelect:
        first = 1;
        count = 3;
        break;
    case LLVMPHI:
        count = LLVMCountIncoming(value);
        depth = depth > 6 ? 6 : depth; /* the number of ways grows with each phi */
        break;
    default:
        return false;
    }
    for (unsigned i = first; i < count; i++) {
        if (!comes_from_masks(LLVMGetOperand(value, i), depth - 1, witness))
            return false;
    }
    return true;
}

/* ---- checks ---- */

static bool reaches(LLVMBasicBlockRef from, LLVMBasicBlockRef to, LLVMBasicBlockRef without,
                    LLVMBasicBlockRef *stack, size_t capacity)
{
    size_t count = 0, done = 0;

    stack[count++] = from;
    while (done < count) {
        LLVMBasicBlockRef block = stack[done++];
        if (block == to)
            return true;
        LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block);
        for (unsigned i = 0; i < LLVMGetNumSuccessors(terminator); i++) {
            LLVMBasicBlockRef next = LLVMGetSuccessor(terminator, i);
            bool known = next == without;
            for (size_t k = 0; k < count && !known; k++)
                known = stack[k] == next;
            if (!known && count < capacity)
                stack[count++] = next;
        }
    }
    return false;
}

bool dominates(LLVMBasicBlockRef block, LLVMBasicBlockRef other)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(block);
    unsigned count = LLVMCountBasicBlocks(function);
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);
    LLVMBasicBlockRef *stack = calloc(count + 1, sizeof *stack);

    if (!stack)
        abort();
    bool found = block == entry || !reaches(entry, other, block, stack, count);
    free(stack);
    return found;
}

/* Whether a check in `block` comes before every call that gets the pointer. */
static bool covers_calls(LLVMBasicBlockRef block, LLVMValueRef pointer)
{
    for (LLVMUseRef use = LLVMGetFirstUse(pointer); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (!LLVMIsACallInst(user) && !LLVMIsAInvokeInst(user))
            continue;
        if (!is_argument_check(user) && !dominates(block, LLVMGetInstructionParent(user)))
            return false;
    }
    return true;
}

static LLVMValueRef other_check(LLVMValueRef at, LLVMValueRef pointer)
{
    LLVMBasicBlockRef here = LLVMGetInstructionParent(at);
    LLVMValueRef function = LLVMGetBasicBlockParent(here);

    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        LLVMValueRef branch = LLVMGetBasicBlockTerminator(block);
        if (branch != at && checked_pointer(branch) == pointer &&
            (dominates(block, here) || covers_calls(block, pointer)) && block != here)
            return branch;
    }
    return NULL;
}

/* ---- uses ---- */

struct seen {
    LLVMValueRef at[4096];
    size_t count;
};

static bool enter(struct seen *seen, LLVMValueRef value)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->at[i] == value)
            return false;
    }
    if (seen->count == sizeof seen->at / sizeof seen->at[0])
        return false;
    seen->at[seen->count++] = value;
    return true;
}

static bool is_in_mode(unsigned mode, bool reads, bool writes)
{
    return ((mode & ACCESS_READ) && reads) || ((mode & ACCESS_WRITE) && writes);
}

static bool is_judged_argument(LLVMValueRef call, const struct external_argument *argument,
                               LLVMValueRef value, bool reads, bool writes)
{
    bool more = argument->kind == LENGTH_REST || argument->kind == LENGTH_FORMAT;
    unsigned end = more ? LLVMGetNumArgOperands(call) : argument->argument + 1;
    struct format format;

    if (argument->kind == LENGTH_FORMAT)
        format_of_argument(&format, call, argument->a);
    for (unsigned i = argument->argument; i < end && i < LLVMGetNumArgOperands(call); i++) {
        unsigned mode = argument->mode;
        if (argument->kind == LENGTH_FORMAT)
            mode &= format_access(&format, i - argument->argument);
        if (LLVMGetOperand(call, i) == value && is_in_mode(mode, reads, writes))
            return true;
    }
    return false;
}

/* Operands of assembly in registers are its author's affair. */
static bool has_memory_operand(LLVMValueRef call, LLVMValueRef value)
{
    unsigned kind = LLVMGetEnumAttributeKindForName("elementtype", 11);

    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (LLVMGetOperand(call, i) == value && LLVMGetCallSiteEnumAttribute(call, i + 1, kind))
            return true;
    }
    return false;
}

/* Whether a call does with `value` what is confined or checked in its caller. */
static bool is_judged(LLVMValueRef call, LLVMValueRef value, bool reads, bool writes)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    size_t length;

    if (LLVMIsAInlineAsm(callee))
        return has_memory_operand(call, value);
    if (LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee)) {
        const char *name = LLVMGetValueName2(callee, &length);
        bool source =
            (!strncmp(name, "llvm.memcpy", 11) || !strncmp(name, "llvm.memmove", 12)) &&
            LLVMGetOperand(call, 0) != value;
        return reads || !source;
    }
    const struct external_call *external =
        LLVMIsAFunction(callee) ? external_call_find(LLVMGetValueName2(callee, &length)) : NULL;
    for (size_t i = 0; external && external->arguments[i].mode; i++) {
        if (is_judged_argument(call, &external->arguments[i], value, reads, writes))
            return true;
    }
    return false;
}

/* Assembly that hands its operand on, so that nothing is known of it. */
static bool hands_on(LLVMValueRef call)
{
    size_t length;

    if (!LLVMIsACallInst(call) || !LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
        return false;
    LLVMGetInlineAsmAsmString(LLVMGetCalledValue(call), &length);
    return length == 0;
}

static bool is_accessed(LLVMValueRef user, LLVMValueRef value, bool reads, bool writes)
{
    if (is_mask(user))
        return false;
    if (LLVMIsALoadInst(user))
        return reads;
    if (LLVMIsAStoreInst(user))
        return writes && LLVMGetOperand(user, 1) == value;
    if (LLVMIsAAtomicRMWInst(user) || LLVMIsAAtomicCmpXchgInst(user))
        return LLVMGetOperand(user, 0) == value;
    /* What is checked right before the call need not have been masked before. */
    return LLVMIsAVAArgInst(user) || ((LLVMIsACallInst(user) || LLVMIsAInvokeInst(user)) &&
                                      is_judged(user, value, reads, writes) &&
                                      !hands_on(user) && !other_check(user, value));
}

/* Whether the address in `value` is still in what the user makes of it. */
static bool carries(LLVMValueRef user, LLVMValueRef value)
{
    switch (LLVMGetInstructionOpcode(user)) {
    case LLVMGetElementPtr:
        return LLVMGetOperand(user, 0) == value;
    case LLVMPHI:
    case LLVMSelect:
    case LLVMFreeze:
    case LLVMPtrToInt:
    case LLVMIntToPtr:
    case LLVMAnd:
    case LLVMOr:
    case LLVMAdd:
    case LLVMSub:
    case LLVMInsertElement:
    case LLVMExtractElement:
    case LLVMShuffleVector:
        return !is_mask(user);
    case LLVMCall:
        return hands_on(user);
    default:
        return false;
    }
}

/* Whether an access has an address that was computed from `value`. */
static bool is_used(struct seen *seen, LLVMValueRef value, bool reads, bool writes)
{
    if (!enter(seen, value))
        return seen->count == sizeof seen->at / sizeof seen->at[0];
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (is_accessed(user, value, reads, writes) ||
            (carries(user, value) && is_used(seen, user, reads, writes)))
            return true;
    }
    return false;
}

enum excuse excuse_of(LLVMValueRef at, LLVMValueRef changed, LLVMValueRef left, bool reads,
                      bool writes, LLVMValueRef *witness)
{
    static struct seen seen;

    *witness = NULL;
    if (left && !LLVMIsUndef(left) && comes_from_masks(left, DEPTH, witness))
        return EXCUSE_DOMINATED;
    if (left && !changed) {
        *witness = other_check(at, left);
        return *witness ? EXCUSE_CHECKED : EXCUSE_NONE;
    }
    if (!changed)
        return EXCUSE_NONE;
    seen.count = 0;
    return is_used(&seen, changed, reads, writes) ? EXCUSE_NONE : EXCUSE_UNUSED;
}
