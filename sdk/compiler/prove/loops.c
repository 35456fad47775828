/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A phi that is S when the loop is entered and a constant more each time around is S + k *
 * step. The test that is passed each time around bounds k, for this phi and for all its like in
 * the same block: they count together.
 */
#include "loops.h"

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

/* Additions between a counter and what is made of it. */
#define CHAIN_MAX 16
/* Steps of an argument that something is at least so much. */
#define DEPTH 6
/* A later loop starts where an earlier one has come to. */
#define SWEEPS 2

struct counter {
    const struct paths *paths;
    LLVMValueRef phi;
    bound step;       /* not zero */
    const bool *body; /* blocks of the loop, by their index */
};

static unsigned width_of(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);
    bool integer = LLVMGetTypeKind(type) == LLVMIntegerTypeKind;

    return integer && LLVMGetIntTypeWidth(type) <= 64 ? LLVMGetIntTypeWidth(type) : 0;
}

static struct range range_of_value(const struct paths *paths, LLVMValueRef value,
                                   bool is_signed)
{
    struct fact fact = facts_of(paths->facts, value);

    if (fact.kind != FACT_NUMBER)
        fact = fact_any(width_of(value));
    return is_signed ? fact.is_signed : fact.is_unsigned;
}

/* Whether `value` is `base` and *sum, modulo 2^width. */
static bool is_sum(LLVMValueRef value, LLVMValueRef base, bound *sum)
{
    *sum = 0;
    for (int i = 0; i < CHAIN_MAX && value != base; i++) {
        if (!LLVMIsABinaryOperator(value))
            return false;
        LLVMOpcode opcode = LLVMGetInstructionOpcode(value);
        LLVMValueRef constant = LLVMGetOperand(value, 1);
        if ((opcode != LLVMAdd && opcode != LLVMSub) || !LLVMIsAConstantInt(constant))
            return false;
        bound number = (bound)LLVMConstIntGetSExtValue(constant);
        *sum += opcode == LLVMAdd ? number : -number;
        value = LLVMGetOperand(value, 0);
    }
    return value == base;
}

static size_t index_of(const struct paths *paths, LLVMBasicBlockRef block)
{
    return facts_index(paths->facts, LLVMGetFirstInstruction(block));
}

static bool is_inside(const struct counter *counter, LLVMBasicBlockRef block)
{
    return counter->body[index_of(counter->paths, block)];
}

/* ---- what is known when the loop is entered ---- */

/* `value`, read as unsigned, is at least, or at most, `limit`; or it just is not `limit`. */
struct claim {
    const struct counter *counter; /* of the loop that is entered */
    LLVMValueRef value, origin;    /* before the origin is computed it is another value */
    enum { AT_LEAST, AT_MOST, OTHER } relation;
    bound limit;
};

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
    bound least = 0, most = ((bound)1 << width_of(claim->value)) - 1;
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
    struct passage passage = {is_origin, comparison_claims, &claim};
    size_t count;
    const struct edge *edges =
        paths_edges_into(counter->paths, LLVMGetInstructionParent(counter->phi), &count);

    for (size_t i = 0; i < count; i++) {
        if (!is_inside(counter, LLVMGetInstructionParent(edges[i].terminator)) &&
            !paths_edge_passes(counter->paths, edges[i], &passage))
            return false;
    }
    return true;
}

static bool holds(struct claim claim, int depth);

static bool operand_holds(struct claim claim, int depth)
{
    const struct paths *paths = claim.counter->paths;
    LLVMValueRef value = claim.value;

    if (!LLVMIsACastInst(value) && !LLVMIsAFreezeInst(value) && !LLVMIsABinaryOperator(value))
        return false;
    claim.value = LLVMGetOperand(value, 0);
    LLVMValueRef constant = LLVMIsABinaryOperator(value) ? LLVMGetOperand(value, 1) : NULL;
    if (!width_of(claim.value) || (constant && !LLVMIsAConstantInt(constant)) ||
        !facts_of(paths->facts, claim.value).definite)
        return false;
    struct range operand = range_of_value(paths, claim.value, false);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMZExt:
    case LLVMFreeze:
        return holds(claim, depth);
    case LLVMAdd: {
        bound added = (bound)LLVMConstIntGetSExtValue(constant);
        claim.limit -= added;
        return operand.lo + added >= 0 && operand.hi + added < (bound)1 << width_of(value) &&
               holds(claim, depth);
    }
    case LLVMAnd: {
        /* Cut down to a multiple of a power of two, of which there is at least one. */
        bound mask = (bound)LLVMConstIntGetZExtValue(constant), unit = mask & -mask;
        bool contiguous = mask && ((mask + unit) & mask) == 0;
        bool enough = claim.relation == AT_LEAST && claim.limit <= unit;
        claim.limit = unit;
        return contiguous && enough && operand.hi < mask + unit && holds(claim, depth);
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
            !is_sum(difference.value, claim.value, &sum) || sum >= 0)
            continue;
        difference.origin = claim.value;
        difference.limit += sum;
        least.limit = -sum;
        if (is_compared(difference) && holds(least, depth))
            return true;
    }
    return false;
}

static bool find_counter(struct counter *counter, bool *body);
static LLVMValueRef start_of(const struct counter *counter);

/* Another counter of the loop that `claim` speaks of, always as far away from it. */
static bool twin_holds(struct claim claim, int depth)
{
    const struct paths *paths = claim.counter->paths;
    const size_t count = paths->facts->count;
    struct counter counter = {.paths = paths, .phi = claim.value}, twin = counter;
    bool result = false;

    if (!LLVMIsAPHINode(claim.value))
        return false;
    bool *body = prove_allocate(count, sizeof *body), *other = prove_allocate(count, 1);
    bool counts = find_counter(&counter, body);
    LLVMValueRef start = counts ? start_of(&counter) : NULL;
    for (LLVMValueRef phi = LLVMGetFirstInstruction(LLVMGetInstructionParent(claim.value));
         start && LLVMIsAConstantInt(start) && LLVMIsAPHINode(phi) && !result;
         phi = LLVMGetNextInstruction(phi)) {
        twin.phi = phi;
        if (phi == claim.value || LLVMTypeOf(phi) != LLVMTypeOf(claim.value) ||
            !find_counter(&twin, other) || twin.step != counter.step ||
            memcmp(body, other, count))
            continue;
        LLVMValueRef from = start_of(&twin);
        if (!from || !LLVMIsAConstantInt(from))
            continue;
        bound distance =
            (bound)LLVMConstIntGetZExtValue(start) - (bound)LLVMConstIntGetZExtValue(from);
        struct range range = range_of_value(paths, phi, false);
        struct claim same = claim;
        same.value = same.origin = phi;
        same.limit -= distance;
        result = range.lo + distance >= 0 && range.hi + distance < (bound)1 << width_of(phi) &&
                 facts_of(paths->facts, phi).definite &&
                 (is_compared(same) || operand_holds(same, depth));
    }
    free(body);
    free(other);
    return result;
}

static bool holds(struct claim claim, int depth)
{
    struct range range = range_of_value(claim.counter->paths, claim.value, false);

    if (claim.relation == AT_LEAST ? range.lo >= claim.limit : range.hi <= claim.limit)
        return true;
    if (depth-- == 0)
        return false;
    claim.origin = claim.value;
    if (is_compared(claim) || operand_holds(claim, depth) || difference_holds(claim, depth) ||
        twin_holds(claim, depth))
        return true;
    /* One less than is known, or one more, when it is not just that. */
    struct claim nearer = claim, other = claim;
    nearer.limit += claim.relation == AT_MOST ? 1 : -1;
    other.limit = nearer.limit;
    other.relation = OTHER;
    return is_compared(other) && holds(nearer, depth);
}

/* ---- the loop ---- */

/*
 * The blocks from which its own sums come back to the phi. False where it is no counter, or
 * where control gets in by another way.
 */
static bool find_body(const struct counter *counter, bool *body)
{
    const struct facts *facts = counter->paths->facts;
    LLVMBasicBlockRef *pending = prove_allocate(facts->count, sizeof *pending);
    size_t waiting = 0, count;
    bool natural = true;
    bound sum;

    memset(body, 0, facts->count);
    body[index_of(counter->paths, LLVMGetInstructionParent(counter->phi))] = true;
    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMBasicBlockRef block = LLVMGetIncomingBlock(counter->phi, i);
        size_t index = index_of(counter->paths, block);
        if (!is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum) || body[index])
            continue;
        body[index] = true;
        pending[waiting++] = block;
    }
    while (waiting && natural) {
        LLVMBasicBlockRef block = pending[--waiting];
        const struct edge *edges = paths_edges_into(counter->paths, block, &count);
        natural = count != 0;
        for (size_t i = 0; i < count; i++) {
            LLVMBasicBlockRef from = LLVMGetInstructionParent(edges[i].terminator);
            size_t index = index_of(counter->paths, from);
            if (!body[index])
                pending[waiting++] = from;
            body[index] = true;
        }
    }
    free(pending);
    return natural;
}

/* Sets all but paths and phi. */
static bool find_counter(struct counter *counter, bool *body)
{
    bound sum;

    counter->step = 0;
    counter->body = body;
    if (!width_of(counter->phi))
        return false;
    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi) && !counter->step; i++) {
        if (is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum))
            counter->step = sum;
    }
    if (!counter->step || !find_body(counter, body))
        return false;
    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        if (is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)) &&
            (!is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum) ||
             sum != counter->step))
            return false;
    }
    return true;
}

/* The value it starts with, if there is but one. */
static LLVMValueRef start_of(const struct counter *counter)
{
    LLVMValueRef start = NULL;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(counter->phi, i);
        if (is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        if (start && start != value)
            return NULL;
        start = value;
    }
    return start;
}

static bool start_range(const struct counter *counter, bool is_signed, struct range *range)
{
    bool any = false;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(counter->phi, i);
        if (is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        struct range next = range_of_value(counter->paths, value, is_signed);
        if (!facts_of(counter->paths->facts, value).definite)
            return false;
        if (!any || next.lo < range->lo)
            range->lo = next.lo;
        if (!any || next.hi > range->hi)
            range->hi = next.hi;
        any = true;
    }
    return any;
}

/* ---- the test ---- */

/* What is seen of a test on the way; a counter that shrinks is seen in the mirror. */
struct test {
    const struct counter *counter;
    bool is_signed, meets;       /* it goes on until the limit is met, or while it is below */
    bound *most;                 /* the counter when it goes on */
    bound *least_sum, *most_sum; /* what is added to it before the comparison */
    LLVMValueRef *limit;         /* that is met */
};

static LLVMIntPredicate mirrored(LLVMIntPredicate predicate)
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

static LLVMIntPredicate opposite(LLVMIntPredicate predicate)
{
    static const LLVMIntPredicate pairs[][2] = {
        {LLVMIntEQ, LLVMIntNE},   {LLVMIntUGT, LLVMIntULE}, {LLVMIntUGE, LLVMIntULT},
        {LLVMIntSGT, LLVMIntSLE}, {LLVMIntSGE, LLVMIntSLT},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (predicate == pairs[i][0])
            return pairs[i][1];
        if (predicate == pairs[i][1])
            return pairs[i][0];
    }
    return predicate;
}

/* Computed once, before the loop, or again and again from what is. */
static bool is_invariant(const struct counter *counter, LLVMValueRef value)
{
    return LLVMIsAConstantInt(value) || LLVMIsAArgument(value) ||
           (LLVMIsAInstruction(value) && !is_inside(counter, LLVMGetInstructionParent(value)));
}

static bool comparison_tests(const void *context, LLVMValueRef comparison, bool outcome)
{
    const struct test *test = context;
    const struct counter *counter = test->counter;
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);
    const bool up = counter->step > 0;
    bound sum;

    if (!is_sum(LLVMGetOperand(comparison, 0), counter->phi, &sum)) {
        if (!is_sum(limit, counter->phi, &sum))
            return false;
        limit = LLVMGetOperand(comparison, 0);
        predicate = mirrored(predicate);
    }
    predicate = outcome ? predicate : opposite(predicate);
    predicate = up ? predicate : mirrored(predicate);
    sum = up ? sum : -sum;
    if (test->meets) {
        if (predicate != LLVMIntNE || !is_invariant(counter, limit) ||
            (*test->limit && (*test->limit != limit || *test->least_sum != sum)))
            return false;
        *test->limit = limit;
        *test->least_sum = sum;
        return true;
    }
    bool strict = predicate == (test->is_signed ? LLVMIntSLT : LLVMIntULT);
    if (!strict && predicate != (test->is_signed ? LLVMIntSLE : LLVMIntULE))
        return false;
    struct range range = range_of_value(counter->paths, limit, test->is_signed);
    bound most = (up ? range.hi : -range.lo) - strict - sum;
    if (most > *test->most)
        *test->most = most;
    if (sum < *test->least_sum)
        *test->least_sum = sum;
    if (sum > *test->most_sum)
        *test->most_sum = sum;
    return true;
}

static enum passing is_phi(const void *context, LLVMValueRef instruction)
{
    const struct test *test = context;

    return instruction == test->counter->phi ? PASSING_FAILS : PASSING_ON;
}

static bool is_tested(const struct test *test)
{
    const struct counter *counter = test->counter;
    struct passage passage = {is_phi, comparison_tests, test};
    size_t count;
    const struct edge *edges =
        paths_edges_into(counter->paths, LLVMGetInstructionParent(counter->phi), &count);

    for (size_t i = 0; i < count; i++) {
        if (is_inside(counter, LLVMGetInstructionParent(edges[i].terminator)) &&
            !paths_edge_passes(counter->paths, edges[i], &passage))
            return false;
    }
    return true;
}

static struct range mirror(struct range range, bool up)
{
    return up ? range : range_of(-range.hi, -range.lo);
}

/* It goes on while the counter is below a limit, whatever that is at the time. */
static bool below(const struct counter *counter, bool is_signed, bound *trips)
{
    bound most = -((bound)1 << 100), least_sum = 0, most_sum = 0;
    struct test test = {counter, is_signed, false, &most, &least_sum, &most_sum, NULL};
    struct fact any = fact_any(width_of(counter->phi));
    const bool up = counter->step > 0;
    const bound step = up ? counter->step : -counter->step;
    struct range all = mirror(is_signed ? any.is_signed : any.is_unsigned, up), start;

    if (!is_tested(&test) || !start_range(counter, is_signed, &start))
        return false;
    start = mirror(start, up);
    bound last = most + step > start.hi ? most + step : start.hi;
    if (start.lo + least_sum < all.lo || last + most_sum > all.hi || last > all.hi)
        return false;
    *trips = most < start.lo ? 0 : (most - start.lo) / step + 1;
    return true;
}

static bool is_multiple(LLVMValueRef value, bound unit)
{
    if (LLVMIsABinaryOperator(value) && LLVMGetInstructionOpcode(value) == LLVMAnd &&
        (unit & (unit - 1)) == 0)
        value = LLVMGetOperand(value, 1);
    return LLVMIsAConstantInt(value) && (bound)LLVMConstIntGetZExtValue(value) % unit == 0;
}

/* It goes on until the counter meets a limit, which it cannot step over. */
static bool meets(const struct counter *counter, bound *trips)
{
    bound sum = 0;
    LLVMValueRef limit = NULL, start = start_of(counter);
    struct test test = {counter, false, true, NULL, &sum, NULL, &limit};
    const bool up = counter->step > 0;
    const bound step = up ? counter->step : -counter->step;
    struct range from;

    if (!start || !is_tested(&test) || !limit || sum < 0 || sum > step ||
        !start_range(counter, false, &from) ||
        (step > 1 &&
         (!is_multiple(start, step) || !is_multiple(limit, step) || sum % step != 0)))
        return false;
    struct range to = range_of_value(counter->paths, limit, false);
    /* Where it starts is not beyond. */
    struct claim far = {counter, limit, NULL, up ? AT_LEAST : AT_MOST,
                        up ? from.hi + sum : from.lo - sum};
    struct claim near = {counter, start, NULL, up ? AT_MOST : AT_LEAST,
                         up ? to.lo - sum : to.hi + sum};
    if (!holds(far, DEPTH) && !holds(near, DEPTH))
        return false;
    bound longest = up ? to.hi - from.lo : from.hi - to.lo;
    *trips = longest < 0 ? 0 : longest / step;
    return true;
}

/* How often the loop of `wanted` comes back, by any of its counters. */
static bool trips_of(const struct counter *wanted, bool *body, bound *trips)
{
    struct counter counter = {.paths = wanted->paths};
    LLVMBasicBlockRef block = LLVMGetInstructionParent(wanted->phi);

    for (LLVMValueRef phi = LLVMGetFirstInstruction(block); LLVMIsAPHINode(phi);
         phi = LLVMGetNextInstruction(phi)) {
        counter.phi = phi;
        if (find_counter(&counter, body) &&
            !memcmp(body, wanted->body, wanted->paths->facts->count) &&
            (below(&counter, true, trips) || below(&counter, false, trips) ||
             meets(&counter, trips)))
            return true;
    }
    return false;
}

static void bound_counter(const struct counter *counter, bool *scratch, struct fact *fact)
{
    bound trips;

    if (!trips_of(counter, scratch, &trips))
        return;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        struct fact any = fact_any(width_of(counter->phi));
        struct range all = is_signed ? any.is_signed : any.is_unsigned, range;
        if (!start_range(counter, is_signed, &range))
            return;
        bound moved = trips * counter->step;
        range =
            range_of(range.lo + (moved < 0 ? moved : 0), range.hi + (moved > 0 ? moved : 0));
        if (!range_within(range, all.lo, all.hi))
            continue;
        bool definite = fact->definite;
        *fact = fact_number(width_of(counter->phi), range, is_signed);
        fact->definite = definite;
        return;
    }
}

void loops_refine(struct facts *facts, const struct paths *paths)
{
    bool *body = prove_allocate(facts->count, sizeof *body);
    bool *scratch = prove_allocate(facts->count, sizeof *scratch);

    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (size_t i = 0; i < facts->count; i++) {
            struct counter counter = {.paths = paths, .phi = facts->instructions[i]};
            if (facts->of[i].kind == FACT_NONE)
                continue;
            struct fact fact = facts_transfer(facts, counter.phi);
            if (LLVMIsAPHINode(counter.phi) && fact.kind == FACT_NUMBER &&
                find_counter(&counter, body))
                bound_counter(&counter, scratch, &fact);
            facts->of[i] = fact;
        }
    }
    free(body);
    free(scratch);
}
