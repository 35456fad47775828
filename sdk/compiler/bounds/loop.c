/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A phi that starts at S and moves by a constant each time around is S + k * step, and how
 * large k gets follows from a comparison that every way around the loop passes.
 */
#include "loop.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#include "entrance.h"

/* What looking at a loop costs of the caller's budget. */
#define COST 8

/* What is compared each time around before the loop goes on. Shrinking counters are mirrored.
 */
struct test {
    struct ways ways; /* first: it is found from there */
    const struct counter *counter;
    int *budget;
    bool is_signed, ordered;
    wide most;          /* the counter when the loop goes on: ordered */
    wide lo, hi;        /* what is added to it before it is compared */
    LLVMValueRef limit; /* it goes on until this is met: not ordered */
};

static bool is_invariant(const struct counter *counter, LLVMValueRef value)
{
    return LLVMIsAConstantInt(value) || LLVMIsAArgument(value) ||
           (LLVMIsAInstruction(value) &&
            !loop_has(&counter->loop, LLVMGetInstructionParent(value)));
}

static bool limits(struct test *test, LLVMIntPredicate predicate, LLVMValueRef limit,
                   wide added)
{
    const bool up = test->counter->step > 0;
    struct interval values = interval_of_operand(limit, test->is_signed, test->budget);
    wide most = up ? values.hi : -values.lo;

    if (!up)
        predicate = ways_swap(predicate);
    if (predicate == (test->is_signed ? LLVMIntSLT : LLVMIntULT))
        most--;
    else if (predicate != (test->is_signed ? LLVMIntSLE : LLVMIntULE))
        return false;
    if (most - added > test->most)
        test->most = most - added;
    return true;
}

static bool test_shows(struct ways *ways, LLVMValueRef comparison, bool outcome)
{
    struct test *test = (struct test *)ways;
    const struct counter *counter = test->counter;
    LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
    LLVMValueRef limit = LLVMGetOperand(comparison, 1);
    wide added;

    if (!outcome)
        predicate = ways_invert(predicate);
    if (!loop_counter_step(counter->phi, LLVMGetOperand(comparison, 0), &added)) {
        if (!loop_counter_step(counter->phi, limit, &added))
            return false;
        limit = LLVMGetOperand(comparison, 0);
        predicate = ways_swap(predicate);
    }
    if (counter->step < 0)
        added = -added;
    if (test->ordered) {
        if (!limits(test, predicate, limit, added))
            return false;
    } else if (predicate != LLVMIntNE || !is_invariant(counter, limit) ||
               (test->limit && (limit != test->limit || added != test->lo))) {
        return false;
    } else {
        test->limit = limit;
        test->lo = test->hi = added;
        return true;
    }
    test->lo = added < test->lo ? added : test->lo;
    test->hi = added > test->hi ? added : test->hi;
    return true;
}

/* Whether every way around the loop passes such a test. */
static bool is_tested(struct test *test)
{
    const struct counter *counter = test->counter;

    test->ways.shows = test_shows;
    test->ways.stop = counter->loop.blocks[0];
    for (LLVMUseRef edge = ways_first_edge(test->ways.stop); edge;
         edge = ways_next_edge(edge)) {
        test->ways.seen_count = 0;
        if (loop_has(&counter->loop, ways_source(edge)) &&
            !ways_show(&test->ways, ways_source(edge), test->ways.stop))
            return false;
    }
    return true;
}

static struct interval mirror(struct interval values, bool up)
{
    return up ? values : interval_scale(values, -1);
}

static bool ordered_trips(const struct counter *counter, bool is_signed, wide *trips,
                          int *budget)
{
    struct test test = {.counter = counter,
                        .budget = budget,
                        .is_signed = is_signed,
                        .ordered = true,
                        .most = -INTERVAL_LIMIT};
    const bool up = counter->step > 0;
    const wide step = up ? counter->step : -counter->step;
    struct interval all = mirror(interval_of_width(counter_bits(counter->phi), is_signed), up);

    if (!is_tested(&test))
        return false;
    struct interval start = mirror(loop_counter_start_interval(counter, is_signed, budget), up);
    struct interval values = {start.lo,
                              start.hi > test.most + step ? start.hi : test.most + step};
    /* Neither the counter nor what is compared wraps, by induction. */
    if (!interval_within(values, all) ||
        !interval_within(interval_add(values, (struct interval){test.lo, test.hi}), all))
        return false;
    *trips = test.most < start.lo ? 0 : (test.most - start.lo) / step + 1;
    return true;
}

static bool is_multiple(LLVMValueRef value, wide unit)
{
    if (LLVMIsAConstantInt(value))
        return (wide)LLVMConstIntGetZExtValue(value) % unit == 0;
    return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == LLVMAnd &&
           (unit & (unit - 1)) == 0 && LLVMIsAConstantInt(LLVMGetOperand(value, 1)) &&
           is_multiple(LLVMGetOperand(value, 1), unit);
}

/* It meets the limit and does not step over it. */
static bool unequal_trips(const struct counter *counter, wide *trips, int *budget)
{
    struct test test = {.counter = counter, .budget = budget};
    const bool up = counter->step > 0;
    const wide step = up ? counter->step : -counter->step;
    LLVMValueRef first = loop_counter_start(counter);

    if (!is_tested(&test) || !test.limit || test.lo < 0 || test.hi > step)
        return false;
    struct interval start = loop_counter_start_interval(counter, false, budget);
    if (!first || (step > 1 && (!is_multiple(first, step) || !is_multiple(test.limit, step) ||
                                test.lo % step != 0)))
        return false;
    struct interval limit = interval_of_operand(test.limit, false, budget);
    struct entrance entrance = {counter->loop.blocks[0], &counter->loop, budget};
    /* The first that is compared is not beyond it. */
    struct claim far = {.value = test.limit,
                        .at_most = !up,
                        .limit = up ? start.hi + test.lo : start.lo - test.lo};
    struct claim near = {
        .value = first, .at_most = up, .limit = up ? limit.lo - test.lo : limit.hi + test.lo};
    if (!entrance_shows(&entrance, far, ENTRANCE_DEPTH) &&
        !entrance_shows(&entrance, near, ENTRANCE_DEPTH))
        return false;
    wide longest = up ? limit.hi - start.lo : start.hi - limit.lo;
    *trips = longest < 0 ? 0 : longest / step;
    return true;
}

static bool loop_trips(const struct counter *wanted, wide *trips, int *budget)
{
    struct counter counter;

    for (LLVMValueRef phi = LLVMGetFirstInstruction(wanted->loop.blocks[0]);
         phi && LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
        if (--*budget < 0)
            return false;
        if (!counter_bits(phi) || counter_bits(phi) > 64 || !loop_counter_find(&counter, phi) ||
            !loop_counter_is_twin(&counter, wanted))
            continue;
        if (ordered_trips(&counter, true, trips, budget) ||
            ordered_trips(&counter, false, trips, budget) ||
            unequal_trips(&counter, trips, budget))
            return true;
    }
    return false;
}

bool loop_interval(LLVMValueRef phi, bool is_signed, struct interval *values, int *budget)
{
    struct counter counter;
    wide trips;

    *budget -= COST;
    if (*budget < 0 || !loop_counter_find(&counter, phi) ||
        !loop_trips(&counter, &trips, budget))
        return false;
    struct interval moved = interval_scale((struct interval){0, trips}, counter.step);
    *values = interval_add(loop_counter_start_interval(&counter, is_signed, budget), moved);
    return interval_within(*values, interval_of_width(counter_bits(phi), is_signed));
}
