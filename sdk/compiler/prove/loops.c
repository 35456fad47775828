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

#include "counters.h"

/* A later loop starts where an earlier one has come to. */
#define SWEEPS 2
/* Walks over the control flow for the claims of one loop. */
#define CLAIM_BUDGET 64

/* What is seen of a test on the way; a counter that shrinks is seen in the mirror. */
struct test {
    const struct counter *counter;
    bool is_signed, meets;       /* it goes on until the limit is met, or while it is below */
    bound *most;                 /* the counter when it goes on */
    bound *least_sum, *most_sum; /* what is added to it before the comparison */
    LLVMValueRef *limit;         /* that is met */
};

/* What stands beside `predicate` in a table of pairs. */
static LLVMIntPredicate partner(const LLVMIntPredicate pairs[][2], size_t count,
                                LLVMIntPredicate predicate)
{
    for (size_t i = 0; i < count; i++) {
        if (predicate == pairs[i][0])
            return pairs[i][1];
        if (predicate == pairs[i][1])
            return pairs[i][0];
    }
    return predicate;
}

static LLVMIntPredicate mirrored(LLVMIntPredicate predicate)
{
    static const LLVMIntPredicate pairs[][2] = {{LLVMIntUGT, LLVMIntULT},
                                                {LLVMIntUGE, LLVMIntULE},
                                                {LLVMIntSGT, LLVMIntSLT},
                                                {LLVMIntSGE, LLVMIntSLE}};

    return partner(pairs, sizeof pairs / sizeof pairs[0], predicate);
}

static LLVMIntPredicate opposite(LLVMIntPredicate predicate)
{
    static const LLVMIntPredicate pairs[][2] = {{LLVMIntEQ, LLVMIntNE},
                                                {LLVMIntUGT, LLVMIntULE},
                                                {LLVMIntUGE, LLVMIntULT},
                                                {LLVMIntSGT, LLVMIntSLE},
                                                {LLVMIntSGE, LLVMIntSLT}};

    return partner(pairs, sizeof pairs / sizeof pairs[0], predicate);
}

/* Computed once, before the loop, or again and again from what is. */
static bool is_invariant(const struct counter *counter, LLVMValueRef value)
{
    return LLVMIsAConstantInt(value) || LLVMIsAArgument(value) ||
           (LLVMIsAInstruction(value) &&
            !counter_is_inside(counter, LLVMGetInstructionParent(value)));
}

static bool comparison_tests(const void *context, LLVMValueRef comparison, bool outcome)
{
    const struct test *test = context;
    const struct counter *counter = test->counter;
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);
    const bool up = counter->step > 0;
    bound sum;

    if (!counter_is_sum(LLVMGetOperand(comparison, 0), counter->phi, &sum)) {
        if (!counter_is_sum(limit, counter->phi, &sum))
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
    struct range range = counter_range_of(counter->paths, limit, test->is_signed);
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
        if (counter_is_inside(counter, LLVMGetInstructionParent(edges[i].terminator)) &&
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
    struct fact any = fact_any(counter_width(counter->phi));
    const bool up = counter->step > 0;
    const bound step = up ? counter->step : -counter->step;
    struct range all = mirror(is_signed ? any.is_signed : any.is_unsigned, up), start;

    if (!is_tested(&test) || !counter_start_range(counter, is_signed, &start))
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
    LLVMValueRef limit = NULL, start = counter_start(counter);
    struct test test = {counter, false, true, NULL, &sum, NULL, &limit};
    const bool up = counter->step > 0;
    const bound step = up ? counter->step : -counter->step;
    struct range from;

    if (!start || !is_tested(&test) || !limit || sum < 0 || sum > step ||
        !counter_start_range(counter, false, &from) ||
        (step > 1 &&
         (!is_multiple(start, step) || !is_multiple(limit, step) || sum % step != 0)))
        return false;
    struct range to = counter_range_of(counter->paths, limit, false);
    /* Where it starts is not beyond. */
    int budget = CLAIM_BUDGET;
    struct claim far = {
        counter, limit, NULL, up ? AT_LEAST : AT_MOST, up ? from.hi + sum : from.lo - sum,
        &budget};
    struct claim near = {
        counter, start, NULL, up ? AT_MOST : AT_LEAST, up ? to.lo - sum : to.hi + sum, &budget};
    if (!claim_holds(far, CLAIM_DEPTH) && !claim_holds(near, CLAIM_DEPTH))
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
        if (counter_find(&counter, body) &&
            !memcmp(body, wanted->body, wanted->paths->facts->count) &&
            (below(&counter, true, trips) || below(&counter, false, trips) ||
             meets(&counter, trips)))
            return true;
    }
    return false;
}

/* A header's counters have their trips in common. */
struct trips {
    LLVMBasicBlockRef header;
    bool *body;
    bool known;
    bound most;
};

static void find_trips(struct trips *trips, const struct counter *counter, bool *scratch)
{
    LLVMBasicBlockRef header = LLVMGetInstructionParent(counter->phi);
    const size_t count = counter->paths->facts->count;

    if (trips->header == header && !memcmp(trips->body, counter->body, count))
        return;
    trips->header = header;
    memcpy(trips->body, counter->body, count);
    trips->known = trips_of(counter, scratch, &trips->most);
}

static void bound_counter(const struct counter *counter, const struct trips *trips,
                          struct fact *fact)
{
    const bool definite = fact->definite;
    bound moved;

    if (!trips->known || __builtin_mul_overflow(trips->most, counter->step, &moved))
        return;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        struct fact any = fact_any(counter_width(counter->phi));
        struct range all = is_signed ? any.is_signed : any.is_unsigned, range;
        if (!counter_start_range(counter, is_signed, &range))
            return;
        range =
            range_of(range.lo + (moved < 0 ? moved : 0), range.hi + (moved > 0 ? moved : 0));
        if (!range_within(range, all.lo, all.hi))
            continue;
        *fact = fact_number(counter_width(counter->phi), range, is_signed);
        fact->definite = fact->frozen = definite;
        return;
    }
}

void loops_refine(struct facts *facts, const struct paths *paths)
{
    bool *body = prove_allocate(facts->count, sizeof *body);
    bool *scratch = prove_allocate(facts->count, sizeof *scratch);
    struct trips trips = {.body = prove_allocate(facts->count, sizeof *trips.body)};

    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        trips.header = NULL;
        for (size_t i = 0; i < facts->count; i++) {
            struct counter counter = {.paths = paths, .phi = facts->instructions[i]};
            if (facts->of[i].kind == FACT_NONE)
                continue;
            struct fact fact = facts_transfer(facts, counter.phi);
            if (LLVMIsAPHINode(counter.phi) && fact.kind == FACT_NUMBER &&
                counter_find(&counter, body)) {
                find_trips(&trips, &counter, scratch);
                bound_counter(&counter, &trips, &fact);
            }
            facts->of[i] = fact;
        }
    }
    free(trips.body);
    free(body);
    free(scratch);
}
