/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Comparisons on the way to an instruction. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../config.h"

static bool comparison_holds(const void *context, LLVMValueRef comparison, bool outcome)
{
    const struct wanted *wanted = context;

    return wanted->atom(wanted, comparison, outcome);
}

/* Whether it is a stub that goes on to `target` and does nothing else. */
static bool is_stub(LLVMValueRef function, const char *target)
{
    size_t length;

    /* The name tells nothing but that the rest is worth a look. */
    if (strncmp(LLVMGetValueName2(function, &length), target, strlen(target)) != 0 ||
        LLVMIsDeclaration(function) || !function_is_naked(function))
        return false;
    LLVMValueRef call = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function));
    if (!LLVMIsACallInst(call) || !LLVMIsAInlineAsm(LLVMGetCalledValue(call)) ||
        LLVMGetNumArgOperands(call) != 2)
        return false;
    const char *code = LLVMGetInlineAsmAsmString(LLVMGetCalledValue(call), &length);
    if (length != sizeof MEMSENTRY_CHECK_STUB_CODE - 1 ||
        memcmp(code, MEMSENTRY_CHECK_STUB_CODE, length) != 0)
        return false;
    return !strcmp(LLVMGetValueName2(LLVMGetOperand(call, 1), &length), target);
}

/* Whether it returns only when the argument has been checked. */
static bool is_check(LLVMValueRef instruction, unsigned operand)
{
    if (!LLVMIsACallInst(instruction) || operand >= LLVMGetNumArgOperands(instruction))
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    if (!LLVMIsAFunction(callee))
        return false;
    return is_stub(callee, MEMSENTRY_CHECK_RANGE_SYMBOL) ||
           (operand == 0 && is_stub(callee, MEMSENTRY_CHECK_POINTER_SYMBOL));
}

static enum passing instruction_holds(const void *context, LLVMValueRef instruction)
{
    const struct wanted *wanted = context;

    if (instruction == wanted->value || memsentry_returns_twice(instruction))
        return PASSING_FAILS; /* what was checked before is another value */
    if (!is_check(instruction, wanted->checked_operand))
        return PASSING_ON;
    LLVMValueRef checked = LLVMGetOperand(instruction, wanted->checked_operand);
    if (LLVMIsAIntToPtrInst(checked) && checked != wanted->value)
        checked = LLVMGetOperand(checked, 0);
    return checked == wanted->value ? PASSING_HOLDS : PASSING_ON;
}

bool judge_checked(const struct wanted *wanted, LLVMValueRef instruction)
{
    struct passage passage = {instruction_holds, comparison_holds, wanted};

    return facts_of(wanted->judge->facts, wanted->value).definite &&
           paths_all_pass(wanted->judge->paths, instruction, &passage);
}

/* The most that a value can be, read as unsigned. */
static bound most_of(const struct judge *judge, LLVMValueRef value)
{
    struct fact fact = facts_of(judge->facts, value);

    /* Behind a barrier only constants are what they were. */
    if (fact.kind != FACT_NUMBER || (judge->barrier && !LLVMIsAConstant(value)))
        fact = fact_any(fact_width_or_word(LLVMTypeOf(value)));
    return fact.is_unsigned.hi;
}

bool judge_is_short(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    LLVMValueRef value = LLVMGetOperand(comparison, 0);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);

    if (predicate == LLVMIntEQ && limit == wanted->value) {
        limit = value;
        value = wanted->value;
    }
    if (value != wanted->value)
        return false;
    bound most = most_of(wanted->judge, limit);
    switch (predicate) {
    case LLVMIntEQ:
        return outcome && most <= (bound)wanted->limit;
    case LLVMIntNE:
        return !outcome && most <= (bound)wanted->limit;
    case LLVMIntUGT:
        return !outcome && most <= (bound)wanted->limit;
    case LLVMIntUGE:
        return !outcome && most <= (bound)wanted->limit + 1;
    case LLVMIntULT:
        return outcome && most <= (bound)wanted->limit + 1;
    case LLVMIntULE:
        return outcome && most <= (bound)wanted->limit;
    default:
        return false;
    }
}

/* Atom of judge_checked(): the outcome means that the value, read as signed, is not negative.
 */
static bool is_not_negative(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);

    if (LLVMGetOperand(comparison, 0) != wanted->value || !LLVMIsAConstantInt(limit))
        return false;
    long long constant = LLVMConstIntGetSExtValue(limit);
    switch (LLVMGetICmpPredicate(comparison)) {
    case LLVMIntSGT:
        return outcome && constant >= -1;
    case LLVMIntSGE:
        return outcome && constant >= 0;
    case LLVMIntSLT:
        return !outcome && constant >= 0;
    case LLVMIntSLE:
        return !outcome && constant >= -1;
    default:
        return false;
    }
}

/* A narrower number that has been found not to be negative before it was extended. */
static bool is_short_extension(struct wanted wanted, LLVMValueRef instruction)
{
    if (!LLVMIsASExtInst(wanted.value) || wanted.judge->barrier)
        return false;
    wanted.value = LLVMGetOperand(wanted.value, 0);
    wanted.atom = is_not_negative;
    return UINT64_C(1) << (LLVMGetIntTypeWidth(LLVMTypeOf(wanted.value)) - 1) <= wanted.limit &&
           judge_checked(&wanted, instruction);
}

bool judge_length(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value,
                  uint64_t limit)
{
    struct wanted wanted = {judge, value, limit, 1, judge_is_short};

    if (most_of(judge, value) <= (bound)limit)
        return true;
    /* What is definite stays what it is. */
    if (LLVMIsAFreezeInst(value) && !judge->barrier &&
        facts_of(judge->facts, LLVMGetOperand(value, 0)).definite &&
        judge_length(judge, instruction, LLVMGetOperand(value, 0), limit))
        return true;
    if (judge_checked(&wanted, instruction) || is_short_extension(wanted, instruction))
        return true;
    /* A length that is compared may have been extended first. */
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        wanted.value = LLVMGetUser(use);
        if (LLVMIsAZExtInst(wanted.value) && judge_checked(&wanted, instruction))
            return true;
    }
    return false;
}
