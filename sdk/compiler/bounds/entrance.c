/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Claims about values where a loop is entered, from comparisons before it. */
#include "entrance.h"

#include <stddef.h>

static bool comparison_shows(struct ways *ways, LLVMValueRef comparison, bool outcome)
{
    const struct claim *claim = (const struct claim *)ways;
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
    LLVMValueRef constant = LLVMGetOperand(comparison, 1);

    if (LLVMGetOperand(comparison, 0) != claim->value || !LLVMIsAConstantInt(constant))
        return false;
    if (!outcome)
        predicate = ways_invert(predicate);
    wide number = (wide)LLVMConstIntGetZExtValue(constant);
    wide number_signed = (wide)LLVMConstIntGetSExtValue(constant);
    if (claim->unequal)
        return predicate == LLVMIntNE && number == claim->limit;
    switch (predicate) {
    case LLVMIntEQ:
        return claim->at_most ? number <= claim->limit : number >= claim->limit;
    case LLVMIntULT:
        return claim->at_most && number - 1 <= claim->limit;
    case LLVMIntULE:
        return claim->at_most && number <= claim->limit;
    case LLVMIntUGT:
        return !claim->at_most && number + 1 >= claim->limit;
    case LLVMIntUGE:
        return !claim->at_most && number >= claim->limit;
    case LLVMIntSGT: /* what is not negative is the same number either way */
        return !claim->at_most && number_signed >= -1 && number_signed + 1 >= claim->limit;
    case LLVMIntSGE:
        return !claim->at_most && number_signed >= 0 && number_signed >= claim->limit;
    default:
        return false;
    }
}

/* Before `origin` is computed, the claim's value or what that is made of, it is another one. */
static bool compared(const struct entrance *entrance, struct claim claim, LLVMValueRef origin)
{
    if (--*entrance->budget < 0)
        return false;
    claim.ways.shows = comparison_shows;
    claim.ways.stop = LLVMIsAInstruction(origin) ? LLVMGetInstructionParent(origin) : NULL;
    for (LLVMUseRef edge = ways_first_edge(entrance->header); edge;
         edge = ways_next_edge(edge)) {
        LLVMBasicBlockRef from = ways_source(edge);
        claim.ways.seen_count = 0;
        if (!loop_has(entrance->loop, from) && !ways_show(&claim.ways, from, entrance->header))
            return false;
    }
    return true;
}

/* From what the value is computed from. */
static bool shown_of_operand(const struct entrance *entrance, struct claim claim, int depth)
{
    LLVMValueRef value = claim.value;
    wide limit = claim.limit;

    if (!LLVMIsAInstruction(value))
        return false;
    claim.value = LLVMGetOperand(value, 0);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMZExt:
    case LLVMFreeze:
        return counter_bits(claim.value) && entrance_shows(entrance, claim, depth);
    case LLVMAdd: {
        LLVMValueRef constant = LLVMGetOperand(value, 1);
        if (!LLVMIsAConstantInt(constant))
            return false;
        claim.limit -= (wide)LLVMConstIntGetSExtValue(constant);
        struct interval sum =
            interval_add(interval_of_operand(claim.value, false, entrance->budget),
                         interval_of_constant((wide)LLVMConstIntGetSExtValue(constant)));
        return interval_within(sum, interval_of_width(counter_bits(value), false)) &&
               entrance_shows(entrance, claim, depth);
    }
    case LLVMAnd: {
        /* A multiple of 2^j, cut down from something that is at least 2^j. */
        LLVMValueRef constant = LLVMGetOperand(value, 1);
        if (claim.at_most || !LLVMIsAConstantInt(constant))
            return false;
        wide mask = (wide)LLVMConstIntGetZExtValue(constant), unit = mask & -mask;
        struct interval operand = interval_of_operand(claim.value, false, entrance->budget);
        claim.limit = unit;
        return unit >= limit && (mask | (unit - 1)) >= operand.hi &&
               ((mask + unit) & mask) == 0 && entrance_shows(entrance, claim, depth);
    }
    default:
        return false;
    }
}

/* From a comparison of what is computed from it: n - 1 >= 3, where n is at least 1. */
static bool shown_of_sums(const struct entrance *entrance, struct claim claim, int depth)
{
    if (claim.at_most)
        return false;
    for (LLVMUseRef use = LLVMGetFirstUse(claim.value); use; use = LLVMGetNextUse(use)) {
        struct claim sum = claim, least = claim;
        wide step;
        sum.value = LLVMGetUser(use);
        if (!LLVMIsAInstruction(sum.value) || LLVMGetInstructionOpcode(sum.value) != LLVMAdd ||
            !loop_counter_step(claim.value, sum.value, &step) || step >= 0)
            continue;
        sum.limit += step;
        least.limit = -step;
        if (sum.limit > 0 && compared(entrance, sum, claim.value) &&
            entrance_shows(entrance, least, depth))
            return true;
    }
    return false;
}

/* From a counter of the same, outer loop that keeps a constant distance from this one. */
static bool shown_of_twins(const struct entrance *entrance, struct claim claim)
{
    struct counter counter, twin;

    if (!LLVMIsAPHINode(claim.value) || !loop_counter_find(&counter, claim.value))
        return false;
    LLVMValueRef start = loop_counter_start(&counter);
    for (LLVMValueRef phi = LLVMGetFirstInstruction(counter.loop.blocks[0]);
         start && LLVMIsAConstantInt(start) && LLVMIsAPHINode(phi);
         phi = LLVMGetNextInstruction(phi)) {
        struct claim other = claim;
        other.value = phi;
        if (phi == claim.value || LLVMTypeOf(phi) != LLVMTypeOf(claim.value) ||
            !loop_counter_find(&twin, phi) || twin.step != counter.step ||
            !loop_counter_is_twin(&twin, &counter))
            continue;
        LLVMValueRef other_start = loop_counter_start(&twin);
        if (!other_start || !LLVMIsAConstantInt(other_start))
            continue;
        wide distance =
            (wide)LLVMConstIntGetZExtValue(start) - (wide)LLVMConstIntGetZExtValue(other_start);
        other.limit -= distance;
        struct interval sum = interval_add(interval_of_operand(phi, false, entrance->budget),
                                           interval_of_constant(distance));
        if (interval_within(sum, interval_of_width(counter_bits(phi), false)) &&
            compared(entrance, other, phi))
            return true;
    }
    return false;
}

bool entrance_shows(const struct entrance *entrance, struct claim claim, int depth)
{
    struct interval values = interval_of_operand(claim.value, false, entrance->budget);

    if (claim.at_most ? values.hi <= claim.limit : values.lo >= claim.limit)
        return true;
    if (depth-- == 0 || *entrance->budget <= 0)
        return false;
    if (compared(entrance, claim, claim.value) || shown_of_operand(entrance, claim, depth) ||
        shown_of_sums(entrance, claim, depth) || shown_of_twins(entrance, claim))
        return true;
    /* One less than what is known, or one more, if it is not just that. */
    struct claim nearer = claim, unequal = claim;
    nearer.limit += claim.at_most ? 1 : -1;
    unequal.limit = nearer.limit;
    unequal.unequal = true;
    return compared(entrance, unequal, claim.value) && entrance_shows(entrance, nearer, depth);
}
