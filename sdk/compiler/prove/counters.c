/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Finds counters and the loops that they count. */
#include "counters.h"

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

/* Additions between a counter and what is made of it. */
#define CHAIN_MAX 16
/* Sums so large that their multiples might overflow are of no use. */
#define SUM_LIMIT ((bound)1 << 62)

unsigned counter_width(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);
    bool integer = LLVMGetTypeKind(type) == LLVMIntegerTypeKind;

    return integer && LLVMGetIntTypeWidth(type) <= 64 ? LLVMGetIntTypeWidth(type) : 0;
}

struct range counter_range_of(const struct paths *paths, LLVMValueRef value, bool is_signed)
{
    struct fact fact = facts_of(paths->facts, value);

    if (fact.kind != FACT_NUMBER)
        fact = fact_any(counter_width(value));
    return is_signed ? fact.is_signed : fact.is_unsigned;
}

bool counter_is_sum(LLVMValueRef value, LLVMValueRef base, bound *sum)
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
        if (*sum <= -SUM_LIMIT || *sum >= SUM_LIMIT)
            return false;
        value = LLVMGetOperand(value, 0);
    }
    return value == base;
}

static size_t index_of(const struct paths *paths, LLVMBasicBlockRef block)
{
    return facts_index(paths->facts, LLVMGetFirstInstruction(block));
}

bool counter_is_inside(const struct counter *counter, LLVMBasicBlockRef block)
{
    return counter->body[index_of(counter->paths, block)];
}

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
        if (!counter_is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum) ||
            body[index])
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

bool counter_find(struct counter *counter, bool *body)
{
    bound sum;

    counter->step = 0;
    counter->body = body;
    if (!counter_width(counter->phi))
        return false;
    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi) && !counter->step; i++) {
        if (counter_is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum))
            counter->step = sum;
    }
    if (!counter->step || !find_body(counter, body))
        return false;
    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        if (counter_is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)) &&
            (!counter_is_sum(LLVMGetIncomingValue(counter->phi, i), counter->phi, &sum) ||
             sum != counter->step))
            return false;
    }
    return true;
}

LLVMValueRef counter_start(const struct counter *counter)
{
    LLVMValueRef start = NULL;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(counter->phi, i);
        if (counter_is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        if (start && start != value)
            return NULL;
        start = value;
    }
    return start;
}

bool counter_start_range(const struct counter *counter, bool is_signed, struct range *range)
{
    bool any = false;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(counter->phi, i);
        if (counter_is_inside(counter, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        struct range next = counter_range_of(counter->paths, value, is_signed);
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
