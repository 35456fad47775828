/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A phi that starts at S and moves by a constant each time around is S + k * step, and how
 * large k gets follows from a comparison that every way around the loop passes.
 */
#include "loop.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#include "ways.h"

/* What looking at a loop costs of the caller's budget. */
#define COST 8
#define LOOP_BLOCKS_MAX 128
#define CHAIN_MAX 16
#define DEPTH 6

struct loop {
    LLVMBasicBlockRef blocks[LOOP_BLOCKS_MAX]; /* the header first */
    unsigned count;
};

static bool contains(const struct loop *loop, LLVMBasicBlockRef block)
{
    for (unsigned i = 0; i < loop->count; i++) {
        if (loop->blocks[i] == block)
            return true;
    }
    return false;
}

static unsigned width_of(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    return LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 0;
}

static struct interval full(unsigned width, bool is_signed)
{
    wide size = (wide)1 << width;

    return is_signed ? (struct interval){-size / 2, size / 2 - 1}
                     : (struct interval){0, size - 1};
}

/* Whether `value` is `base` and a constant, modulo 2^width. */
static bool step_of(LLVMValueRef base, LLVMValueRef value, wide *step)
{
    *step = 0;
    for (int i = 0; value != base; i++) {
        if (i == CHAIN_MAX || !LLVMIsAInstruction(value))
            return false;
        LLVMOpcode opcode = LLVMGetInstructionOpcode(value);
        if (opcode == LLVMFreeze) {
            value = LLVMGetOperand(value, 0);
            continue;
        }
        if ((opcode != LLVMAdd && opcode != LLVMSub) ||
            !LLVMIsAConstantInt(LLVMGetOperand(value, 1)))
            return false;
        wide constant = (wide)LLVMConstIntGetSExtValue(LLVMGetOperand(value, 1));
        *step += opcode == LLVMAdd ? constant : -constant;
        value = LLVMGetOperand(value, 0);
    }
    return true;
}

/* ---- on the way into the loop ---- */

/* That `value`, read as unsigned, is at most or at least `limit` when the loop is entered. */
struct claim {
    struct ways ways; /* first: it is found from there */
    LLVMValueRef value;
    bool at_most;
    wide limit;
    bool unequal; /* that it is not `limit` shows it */
};

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

struct counter {
    LLVMValueRef phi;
    wide step; /* not zero */
    struct loop loop;
};

struct entrance {
    LLVMBasicBlockRef header;
    const struct loop *loop;
    int *budget;
};

/* Before `origin` is computed, the claim's value or what that is made of, it is another one. */
static bool compared(const struct entrance *entrance, struct claim claim, LLVMValueRef origin)
{
    claim.ways.shows = comparison_shows;
    claim.ways.stop = LLVMIsAInstruction(origin) ? LLVMGetInstructionParent(origin) : NULL;
    for (LLVMUseRef edge = ways_first_edge(entrance->header); edge;
         edge = ways_next_edge(edge)) {
        LLVMBasicBlockRef from = ways_source(edge);
        claim.ways.seen_count = 0;
        if (!contains(entrance->loop, from) && !ways_show(&claim.ways, from, entrance->header))
            return false;
    }
    return true;
}

static bool shown(const struct entrance *entrance, struct claim claim, int depth);

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
        return width_of(claim.value) && shown(entrance, claim, depth);
    case LLVMAdd: {
        LLVMValueRef constant = LLVMGetOperand(value, 1);
        if (!LLVMIsAConstantInt(constant))
            return false;
        claim.limit -= (wide)LLVMConstIntGetSExtValue(constant);
        struct interval sum =
            interval_add(interval_of_operand(claim.value, false, entrance->budget),
                         interval_of_constant((wide)LLVMConstIntGetSExtValue(constant)));
        return interval_within(sum, full(width_of(value), false)) &&
               shown(entrance, claim, depth);
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
               ((mask + unit) & mask) == 0 && shown(entrance, claim, depth);
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
            !step_of(claim.value, sum.value, &step) || step >= 0)
            continue;
        sum.limit += step;
        least.limit = -step;
        if (compared(entrance, sum, claim.value) && shown(entrance, least, depth))
            return true;
    }
    return false;
}

static bool find_counter(struct counter *counter, LLVMValueRef phi);
static bool same_edges(const struct counter *a, const struct counter *b);
static LLVMValueRef only_start(const struct counter *counter);

/* From a counter of the same, outer loop that keeps a constant distance from this one. */
static bool shown_of_twins(const struct entrance *entrance, struct claim claim, int depth)
{
    struct counter counter, twin;

    if (!LLVMIsAPHINode(claim.value) || !find_counter(&counter, claim.value))
        return false;
    LLVMValueRef start = only_start(&counter);
    for (LLVMValueRef phi = LLVMGetFirstInstruction(counter.loop.blocks[0]);
         start && LLVMIsAConstantInt(start) && LLVMIsAPHINode(phi);
         phi = LLVMGetNextInstruction(phi)) {
        struct claim other = claim;
        other.value = phi;
        if (phi == claim.value || LLVMTypeOf(phi) != LLVMTypeOf(claim.value) ||
            !find_counter(&twin, phi) || twin.step != counter.step ||
            !same_edges(&twin, &counter))
            continue;
        LLVMValueRef other_start = only_start(&twin);
        if (!other_start || !LLVMIsAConstantInt(other_start))
            continue;
        wide distance =
            (wide)LLVMConstIntGetZExtValue(start) - (wide)LLVMConstIntGetZExtValue(other_start);
        other.limit -= distance;
        struct interval sum = interval_add(interval_of_operand(phi, false, entrance->budget),
                                           interval_of_constant(distance));
        if (interval_within(sum, full(width_of(phi), false)) &&
            (compared(entrance, other, phi) || shown_of_operand(entrance, other, depth)))
            return true;
    }
    return false;
}

static bool shown(const struct entrance *entrance, struct claim claim, int depth)
{
    struct interval values = interval_of_operand(claim.value, false, entrance->budget);

    if (claim.at_most ? values.hi <= claim.limit : values.lo >= claim.limit)
        return true;
    if (depth-- == 0 || *entrance->budget <= 0)
        return false;
    if (compared(entrance, claim, claim.value) || shown_of_operand(entrance, claim, depth) ||
        shown_of_sums(entrance, claim, depth) || shown_of_twins(entrance, claim, depth))
        return true;
    /* One less than what is known, or one more, if it is not just that. */
    struct claim nearer = claim, unequal = claim;
    nearer.limit += claim.at_most ? 1 : -1;
    unequal.limit = nearer.limit;
    unequal.unequal = true;
    return compared(entrance, unequal, claim.value) && shown(entrance, nearer, depth);
}

/* ---- around the loop ---- */

/* All that leads back to the header; false when control gets in elsewhere. */
static bool find_body(struct loop *loop)
{
    for (unsigned i = 1; i < loop->count; i++) {
        LLVMUseRef edge = ways_first_edge(loop->blocks[i]);
        if (!edge)
            return false;
        for (; edge; edge = ways_next_edge(edge)) {
            LLVMBasicBlockRef from = ways_source(edge);
            if (contains(loop, from))
                continue;
            if (loop->count == LOOP_BLOCKS_MAX)
                return false;
            loop->blocks[loop->count++] = from;
        }
    }
    return true;
}

static bool find_counter(struct counter *counter, LLVMValueRef phi)
{
    struct loop *loop = &counter->loop;
    wide step;

    counter->phi = phi;
    counter->step = 0;
    loop->blocks[0] = LLVMGetInstructionParent(phi);
    loop->count = 1;
    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++) {
        LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);
        if (!step_of(phi, LLVMGetIncomingValue(phi, i), &step))
            continue;
        if (step == 0 || (counter->step && step != counter->step) ||
            loop->count == LOOP_BLOCKS_MAX)
            return false;
        counter->step = step;
        if (!contains(loop, from))
            loop->blocks[loop->count++] = from;
    }
    if (!counter->step || !find_body(loop))
        return false;
    /* Nothing else happens to it inside. */
    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++) {
        if (contains(loop, LLVMGetIncomingBlock(phi, i)) &&
            !step_of(phi, LLVMGetIncomingValue(phi, i), &step))
            return false;
    }
    return true;
}

/* Of all that it starts with; *only is the value if there is but one. */
static struct interval start_of(const struct counter *counter, bool is_signed, int *budget,
                                LLVMValueRef *only)
{
    struct interval start = {INTERVAL_LIMIT, -INTERVAL_LIMIT};
    unsigned count = 0;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        if (contains(&counter->loop, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        *only = LLVMGetIncomingValue(counter->phi, i);
        start = interval_union(start, interval_of_operand(*only, is_signed, budget));
        count++;
    }
    if (count != 1)
        *only = NULL;
    return start;
}

static LLVMValueRef only_start(const struct counter *counter)
{
    LLVMValueRef only = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        if (contains(&counter->loop, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        only = LLVMGetIncomingValue(counter->phi, i);
        count++;
    }
    return count == 1 ? only : NULL;
}

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
            !contains(&counter->loop, LLVMGetInstructionParent(value)));
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
    if (!step_of(counter->phi, LLVMGetOperand(comparison, 0), &added)) {
        if (!step_of(counter->phi, limit, &added))
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
        if (contains(&counter->loop, ways_source(edge)) &&
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
    struct interval all = mirror(full(width_of(counter->phi), is_signed), up);
    LLVMValueRef unused;

    if (!is_tested(&test))
        return false;
    struct interval start = mirror(start_of(counter, is_signed, budget, &unused), up);
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
    LLVMValueRef first;

    if (!is_tested(&test) || !test.limit || test.lo < 0 || test.hi > step)
        return false;
    struct interval start = start_of(counter, false, budget, &first);
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
    if (!shown(&entrance, far, DEPTH) && !shown(&entrance, near, DEPTH))
        return false;
    wide longest = up ? limit.hi - start.lo : start.hi - limit.lo;
    *trips = longest < 0 ? 0 : longest / step;
    return true;
}

static bool same_edges(const struct counter *a, const struct counter *b)
{
    for (unsigned i = 0; i < LLVMCountIncoming(a->phi); i++) {
        LLVMBasicBlockRef from = LLVMGetIncomingBlock(a->phi, i);
        if (contains(&a->loop, from) != contains(&b->loop, from))
            return false;
    }
    return true;
}

static bool loop_trips(const struct counter *wanted, wide *trips, int *budget)
{
    struct counter counter;

    for (LLVMValueRef phi = LLVMGetFirstInstruction(wanted->loop.blocks[0]);
         phi && LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
        if (!width_of(phi) || width_of(phi) > 64 || !find_counter(&counter, phi) ||
            !same_edges(&counter, wanted))
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
    LLVMValueRef unused;
    wide trips;

    *budget -= COST;
    if (*budget < 0 || !find_counter(&counter, phi) || !loop_trips(&counter, &trips, budget))
        return false;
    struct interval moved = interval_scale((struct interval){0, trips}, counter.step);
    *values = interval_add(start_of(&counter, is_signed, budget, &unused), moved);
    return interval_within(*values, full(width_of(phi), is_signed));
}
