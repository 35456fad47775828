/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Claims about values where a loop is entered. */
#include "counters.h"

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

static bool comparison_claims(const void *context, LLVMValueRef comparison, bool outcome)
{
    const struct claim *claim = context;
    LLVMValueRef constant = LLVMGetOperand(comparison, 1);

    if (LLVMGetOperand(comparison, 0) != claim->value || !LLVMIsAConstantInt(constant))
        return false;
    bound number = (bound)LLVMConstIntGetZExtValue(constant);
    bound number_signed = (bound)LLVMConstIntGetSExtValue(constant);
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
    if (claim->relation == OTHER)
        return number == claim->limit && predicate == (outcome ? LLVMIntNE : LLVMIntEQ);
    /* What a comparison leaves is an interval of which one end is asked for. */
    bound least = 0, most = ((bound)1 << counter_width(claim->value)) - 1;
    bool not_negative = false;
    switch (predicate) {
    case LLVMIntEQ:
    case LLVMIntNE:
        if (outcome == (predicate == LLVMIntEQ))
            least = most = number;
        break;
    case LLVMIntUGT:
    case LLVMIntULE:
        if (outcome == (predicate == LLVMIntUGT))
            least = number + 1;
        else
            most = number;
        break;
    case LLVMIntUGE:
    case LLVMIntULT:
        if (outcome == (predicate == LLVMIntUGE))
            least = number;
        else
            most = number - 1;
        break;
    case LLVMIntSGT:
    case LLVMIntSLE:
        not_negative = outcome == (predicate == LLVMIntSGT) && number_signed >= -1;
        least = not_negative ? number_signed + 1 : least;
        break;
    default:
        not_negative = outcome == (predicate == LLVMIntSGE) && number_signed >= 0;
        least = not_negative ? number_signed : least;
    }
    return claim->relation == AT_LEAST ? least >= claim->limit : most <= claim->limit;
}

static enum passing is_origin(const void *context, LLVMValueRef instruction)
{
    const struct claim *claim = context;

    return instruction == claim->origin ? PASSING_FAILS : PASSING_ON;
}

static bool is_compared(struct claim claim)
{
    const struct counter *counter = claim.counter;
    if (--*claim.budget < 0)
        return false;
    struct passage passage = {is_origin, comparison_claims, &claim};
    size_t count;
    const struct edge *edges =
        paths_edges_into(counter->paths, LLVMGetInstructionParent(counter->phi), &count);

    for (size_t i = 0; i < count; i++) {
        if (!counter_is_inside(counter, LLVMGetInstructionParent(edges[i].terminator)) &&
            !paths_edge_passes(counter->paths, edges[i], &passage))
            return false;
    }
    return true;
}

static bool operand_holds(struct claim claim, int depth)
{
    const struct paths *paths = claim.counter->paths;
    LLVMValueRef value = claim.value;

    if (!LLVMIsACastInst(value) && !LLVMIsAFreezeInst(value) && !LLVMIsABinaryOperator(value))
        return false;
    claim.value = LLVMGetOperand(value, 0);
    LLVMValueRef constant = LLVMIsABinaryOperator(value) ? LLVMGetOperand(value, 1) : NULL;
    if (!counter_width(claim.value) || (constant && !LLVMIsAConstantInt(constant)) ||
        !facts_of(paths->facts, claim.value).definite)
        return false;
    struct range operand = counter_range_of(paths, claim.value, false);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMZExt:
    case LLVMFreeze:
        return claim_holds(claim, depth);
    case LLVMAdd: {
        bound added = (bound)LLVMConstIntGetSExtValue(constant);
        claim.limit -= added;
        return operand.lo + added >= 0 &&
               operand.hi + added < (bound)1 << counter_width(value) &&
               claim_holds(claim, depth);
    }
    case LLVMAnd: {
        /* Cut down to a multiple of a power of two, of which there is at least one. */
        bound mask = (bound)LLVMConstIntGetZExtValue(constant), unit = mask & -mask;
        bool contiguous = mask && ((mask + unit) & mask) == 0;
        bool enough = claim.relation == AT_LEAST && claim.limit <= unit;
        claim.limit = unit;
        return contiguous && enough && operand.hi < mask + unit && claim_holds(claim, depth);
    }
    default:
        return false;
    }
}

/* n - 1 is at least 3, and n at least 1. */
static bool difference_holds(struct claim claim, int depth)
{
    for (LLVMUseRef use = LLVMGetFirstUse(claim.value); use && claim.relation == AT_LEAST;
         use = LLVMGetNextUse(use)) {
        struct claim difference = claim, least = claim;
        bound sum;
        difference.value = LLVMGetUser(use);
        if (!LLVMIsABinaryOperator(difference.value) ||
            !counter_is_sum(difference.value, claim.value, &sum) || sum >= 0)
            continue;
        difference.origin = claim.value;
        difference.limit += sum;
        least.limit = -sum;
        if (difference.limit > 0 && is_compared(difference) && claim_holds(least, depth))
            return true;
    }
    return false;
}

/* Another counter of the loop that `claim` speaks of, always as far away from it. */
static bool twin_holds(struct claim claim)
{
    const struct paths *paths = claim.counter->paths;
    const size_t count = paths->facts->count;
    struct counter counter = {.paths = paths, .phi = claim.value}, twin = counter;
    bool result = false;

    if (!LLVMIsAPHINode(claim.value))
        return false;
    bool *body = prove_allocate(count, sizeof *body), *other = prove_allocate(count, 1);
    bool counts = counter_find(&counter, body);
    LLVMValueRef start = counts ? counter_start(&counter) : NULL;
    for (LLVMValueRef phi = LLVMGetFirstInstruction(LLVMGetInstructionParent(claim.value));
         start && LLVMIsAConstantInt(start) && LLVMIsAPHINode(phi) && !result;
         phi = LLVMGetNextInstruction(phi)) {
        twin.phi = phi;
        if (phi == claim.value || LLVMTypeOf(phi) != LLVMTypeOf(claim.value) ||
            !counter_find(&twin, other) || twin.step != counter.step ||
            memcmp(body, other, count))
            continue;
        LLVMValueRef from = counter_start(&twin);
        if (!from || !LLVMIsAConstantInt(from))
            continue;
        bound distance =
            (bound)LLVMConstIntGetZExtValue(start) - (bound)LLVMConstIntGetZExtValue(from);
        struct range range = counter_range_of(paths, phi, false);
        struct claim same = claim;
        same.value = same.origin = phi;
        same.limit -= distance;
        result = range.lo + distance >= 0 &&
                 range.hi + distance < (bound)1 << counter_width(phi) &&
                 facts_of(paths->facts, phi).definite && is_compared(same);
    }
    free(body);
    free(other);
    return result;
}

bool claim_holds(struct claim claim, int depth)
{
    struct range range = counter_range_of(claim.counter->paths, claim.value, false);

    if (claim.relation == AT_LEAST ? range.lo >= claim.limit : range.hi <= claim.limit)
        return true;
    if (depth-- == 0)
        return false;
    claim.origin = claim.value;
    if (is_compared(claim) || operand_holds(claim, depth) || difference_holds(claim, depth) ||
        twin_holds(claim))
        return true;
    /* One less than is known, or one more, when it is not just that. */
    struct claim nearer = claim, other = claim;
    nearer.limit += claim.relation == AT_MOST ? 1 : -1;
    other.limit = nearer.limit;
    other.relation = OTHER;
    return is_compared(other) && claim_holds(nearer, depth);
}
