/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Walks the control flow backwards from an edge. */
#include "ways.h"

static LLVMUseRef edge_at(LLVMUseRef use)
{
    /* The address of a block may be taken as well. */
    while (use && !LLVMIsATerminatorInst(LLVMGetUser(use)))
        use = LLVMGetNextUse(use);
    return use;
}

LLVMUseRef ways_first_edge(LLVMBasicBlockRef block)
{
    return edge_at(LLVMGetFirstUse(LLVMBasicBlockAsValue(block)));
}

LLVMUseRef ways_next_edge(LLVMUseRef use)
{
    return edge_at(LLVMGetNextUse(use));
}

LLVMBasicBlockRef ways_source(LLVMUseRef use)
{
    return LLVMGetInstructionParent(LLVMGetUser(use));
}

LLVMIntPredicate ways_swap(LLVMIntPredicate predicate)
{
    switch (predicate) {
    case LLVMIntUGT:
        return LLVMIntULT;
    case LLVMIntUGE:
        return LLVMIntULE;
    case LLVMIntULT:
        return LLVMIntUGT;
    case LLVMIntULE:
        return LLVMIntUGE;
    case LLVMIntSGT:
        return LLVMIntSLT;
    case LLVMIntSGE:
        return LLVMIntSLE;
    case LLVMIntSLT:
        return LLVMIntSGT;
    case LLVMIntSLE:
        return LLVMIntSGE;
    default:
        return predicate;
    }
}

LLVMIntPredicate ways_invert(LLVMIntPredicate predicate)
{
    switch (predicate) {
    case LLVMIntEQ:
        return LLVMIntNE;
    case LLVMIntNE:
        return LLVMIntEQ;
    case LLVMIntUGT:
        return LLVMIntULE;
    case LLVMIntUGE:
        return LLVMIntULT;
    case LLVMIntULT:
        return LLVMIntUGE;
    case LLVMIntULE:
        return LLVMIntUGT;
    case LLVMIntSGT:
        return LLVMIntSLE;
    case LLVMIntSGE:
        return LLVMIntSLT;
    case LLVMIntSLT:
        return LLVMIntSGE;
    default:
        return LLVMIntSGT;
    }
}

static bool is_constant(LLVMValueRef value, unsigned long long constant)
{
    return LLVMIsAConstantInt(value) && LLVMConstIntGetZExtValue(value) == constant;
}

/* An `and` that is true has two true sides, an `or` that is false two false ones. */
static bool shown_by(struct ways *ways, LLVMValueRef condition, bool outcome)
{
    if (LLVMIsAICmpInst(condition))
        return ways->shows(ways, condition, outcome);
    if (!LLVMIsAInstruction(condition))
        return false;
    LLVMValueRef a = LLVMGetOperand(condition, 0), b;
    switch (LLVMGetInstructionOpcode(condition)) {
    case LLVMAnd:
    case LLVMOr:
        b = LLVMGetOperand(condition, 1);
        return outcome == (LLVMGetInstructionOpcode(condition) == LLVMAnd) &&
               (shown_by(ways, a, outcome) || shown_by(ways, b, outcome));
    case LLVMXor:
        return is_constant(LLVMGetOperand(condition, 1), 1) && shown_by(ways, a, !outcome);
    case LLVMSelect: /* with a constant on the side that is not looked at */
        b = LLVMGetOperand(condition, outcome ? 1 : 2);
        return is_constant(LLVMGetOperand(condition, outcome ? 2 : 1), !outcome) &&
               (shown_by(ways, a, outcome) || shown_by(ways, b, outcome));
    default:
        return false;
    }
}

static bool edge_shows(struct ways *ways, LLVMBasicBlockRef from, LLVMBasicBlockRef to)
{
    LLVMValueRef branch = LLVMGetBasicBlockTerminator(from);

    if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch) ||
        LLVMGetSuccessor(branch, 0) == LLVMGetSuccessor(branch, 1))
        return false;
    return shown_by(ways, LLVMGetCondition(branch), LLVMGetSuccessor(branch, 0) == to);
}

bool ways_show(struct ways *ways, LLVMBasicBlockRef from, LLVMBasicBlockRef to)
{
    if (edge_shows(ways, from, to))
        return true;
    for (unsigned i = 0; i < ways->seen_count; i++) {
        if (ways->seen[i] == from)
            return true; /* its ways are looked at already */
    }
    LLVMUseRef edge = ways_first_edge(from);
    if (from == ways->stop || !edge || ways->seen_count == WAYS_MAX)
        return false;
    ways->seen[ways->seen_count++] = from;
    for (; edge; edge = ways_next_edge(edge)) {
        if (!ways_show(ways, ways_source(edge), from))
            return false;
    }
    return true;
}
