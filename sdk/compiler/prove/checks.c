/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Comparisons on the way to an instruction. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

/*
 * What follows for `wanted` when `condition` has come out as `outcome`: an `or` that is false
 * has two false sides, an `and` that is true two true ones.
 */
static bool follows(const struct wanted *wanted, LLVMValueRef condition, bool outcome)
{
    LLVMValueRef left, right;

    if (!LLVMIsAInstruction(condition))
        return false;
    switch (LLVMGetInstructionOpcode(condition)) {
    case LLVMICmp:
        return wanted->atom(wanted, condition, outcome);
    case LLVMFreeze:
        return follows(wanted, LLVMGetOperand(condition, 0), outcome);
    case LLVMOr:
    case LLVMAnd:
        if (outcome != (LLVMGetInstructionOpcode(condition) == LLVMAnd))
            return false;
        return follows(wanted, LLVMGetOperand(condition, 0), outcome) ||
               follows(wanted, LLVMGetOperand(condition, 1), outcome);
    case LLVMXor:
        left = LLVMGetOperand(condition, 0);
        right = LLVMGetOperand(condition, 1);
        return LLVMIsAConstantInt(right) && LLVMConstIntGetZExtValue(right) == 1 &&
               follows(wanted, left, !outcome);
    default:
        return false;
    }
}

static bool condition_holds(const void *context, LLVMValueRef condition, bool taken)
{
    return follows(context, condition, taken);
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
    return calls(instruction, MEMSENTRY_CHECK_ARGUMENT_SYMBOL) &&
                   LLVMGetOperand(instruction, wanted->checked_operand) == wanted->value
               ? PASSING_HOLDS
               : PASSING_ON;
}

bool judge_checked(const struct wanted *wanted, LLVMValueRef instruction)
{
    struct passage passage = {instruction_holds, condition_holds, wanted};

    return facts_of(wanted->judge->facts, wanted->value).definite &&
           paths_all_pass(wanted->judge->paths, instruction, &passage);
}

/* `value` is at most `limit` when the comparison comes out that way. */
static bool limits(LLVMIntPredicate predicate, uint64_t limit, bool outcome)
{
    switch (predicate) {
    case LLVMIntUGT:
        return !outcome && limit <= MEMSENTRY_GUARD_REACH;
    case LLVMIntUGE:
        return !outcome && limit <= MEMSENTRY_GUARD_REACH + 1;
    case LLVMIntULT:
        return outcome && limit <= MEMSENTRY_GUARD_REACH + 1;
    case LLVMIntULE:
        return outcome && limit <= MEMSENTRY_GUARD_REACH;
    default:
        return false;
    }
}

bool judge_is_short(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    LLVMValueRef value = LLVMGetOperand(comparison, 0);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);

    return value == wanted->value && LLVMIsAConstantInt(limit) &&
           limits(LLVMGetICmpPredicate(comparison), LLVMConstIntGetZExtValue(limit), outcome);
}

bool judge_length(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value)
{
    struct fact fact = facts_of(judge->facts, value);
    struct wanted wanted = {judge, value, 1, judge_is_short};

    if (fact.kind == FACT_NUMBER && fact.is_unsigned.hi <= (bound)MEMSENTRY_GUARD_REACH &&
        (!judge->barrier || LLVMIsAConstant(value) || fact_width(LLVMTypeOf(value)) <= 40))
        return true;
    return judge_checked(&wanted, instruction);
}
