/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Comparisons on the way to an instruction. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

static bool comparison_holds(const void *context, LLVMValueRef comparison, bool outcome)
{
    const struct wanted *wanted = context;

    return wanted->atom(wanted, comparison, outcome);
}

static bool calls(LLVMValueRef instruction, const char *name)
{
    size_t length;

    return LLVMIsACallInst(instruction) && LLVMIsAFunction(LLVMGetCalledValue(instruction)) &&
           !strcmp(LLVMGetValueName2(LLVMGetCalledValue(instruction), &length), name);
}

static enum passing instruction_holds(const void *context, LLVMValueRef instruction)
{
    const struct wanted *wanted = context;

    if (instruction == wanted->value || memsentry_returns_twice(instruction))
        return PASSING_FAILS; /* what was checked before is another value */
    if (!calls(instruction, MEMSENTRY_CHECK_ARGUMENT_SYMBOL))
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

/* What is compared with `limit` is at most `wanted` when that comes out as `outcome`. */
static bool limits(LLVMIntPredicate predicate, uint64_t limit, bool outcome, uint64_t wanted)
{
    switch (predicate) {
    case LLVMIntUGT:
        return !outcome && limit <= wanted;
    case LLVMIntUGE:
        return !outcome && limit <= wanted + 1;
    case LLVMIntULT:
        return outcome && limit <= wanted + 1;
    case LLVMIntULE:
        return outcome && limit <= wanted;
    default:
        return false;
    }
}

bool judge_is_short(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    LLVMValueRef value = LLVMGetOperand(comparison, 0);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);

    return value == wanted->value && LLVMIsAConstantInt(limit) &&
           limits(LLVMGetICmpPredicate(comparison), LLVMConstIntGetZExtValue(limit), outcome,
                  wanted->limit);
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
    struct fact fact = facts_of(judge->facts, value);
    struct wanted wanted = {judge, value, limit, 1, judge_is_short};
    /* Behind a barrier only what a narrow register cannot hold is known of a value. */
    bool known = !judge->barrier || LLVMIsAConstant(value);

    if (!known)
        fact = fact_any(fact_width(LLVMTypeOf(value)));
    if (fact.kind == FACT_NUMBER && fact.is_unsigned.hi <= (bound)limit)
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
