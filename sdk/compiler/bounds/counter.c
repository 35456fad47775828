/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Finds counters and the loops that they count. */
#include "counter.h"

#include <stddef.h>

#include "ways.h"

#define CHAIN_MAX 16
/* Steps so large that their multiples might overflow are of no use. */
#define STEP_LIMIT ((wide)1 << 62)

bool loop_has(const struct loop *loop, LLVMBasicBlockRef block)
{
    for (unsigned i = 0; i < loop->count; i++) {
        if (loop->blocks[i] == block)
            return true;
    }
    return false;
}

unsigned counter_bits(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    return LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 0;
}

bool loop_counter_step(LLVMValueRef base, LLVMValueRef value, wide *step)
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
        if (*step <= -STEP_LIMIT || *step >= STEP_LIMIT)
            return false;
        value = LLVMGetOperand(value, 0);
    }
    return true;
}

/* All that leads back to the header; false when control gets in elsewhere. */
static bool find_body(struct loop *loop)
{
    for (unsigned i = 1; i < loop->count; i++) {
        LLVMUseRef edge = ways_first_edge(loop->blocks[i]);
        if (!edge)
            return false;
        for (; edge; edge = ways_next_edge(edge)) {
            LLVMBasicBlockRef from = ways_source(edge);
            if (loop_has(loop, from))
                continue;
            if (loop->count == LOOP_BLOCKS_MAX)
                return false;
            loop->blocks[loop->count++] = from;
        }
    }
    return true;
}

bool loop_counter_find(struct counter *counter, LLVMValueRef phi)
{
    struct loop *loop = &counter->loop;
    wide step;

    counter->phi = phi;
    counter->step = 0;
    loop->blocks[0] = LLVMGetInstructionParent(phi);
    loop->count = 1;
    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++) {
        LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);
        if (!loop_counter_step(phi, LLVMGetIncomingValue(phi, i), &step))
            continue;
        if (step == 0 || (counter->step && step != counter->step) ||
            loop->count == LOOP_BLOCKS_MAX)
            return false;
        counter->step = step;
        if (!loop_has(loop, from))
            loop->blocks[loop->count++] = from;
    }
    if (!counter->step || !find_body(loop))
        return false;
    /* Nothing else happens to it inside. */
    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++) {
        if (loop_has(loop, LLVMGetIncomingBlock(phi, i)) &&
            !loop_counter_step(phi, LLVMGetIncomingValue(phi, i), &step))
            return false;
    }
    return true;
}

struct interval loop_counter_start_interval(const struct counter *counter, bool is_signed,
                                            int *budget)
{
    struct interval start = {INTERVAL_LIMIT, -INTERVAL_LIMIT};

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(counter->phi, i);
        if (!loop_has(&counter->loop, LLVMGetIncomingBlock(counter->phi, i)))
            start = interval_union(start, interval_of_operand(value, is_signed, budget));
    }
    return start;
}

LLVMValueRef loop_counter_start(const struct counter *counter)
{
    LLVMValueRef only = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < LLVMCountIncoming(counter->phi); i++) {
        if (loop_has(&counter->loop, LLVMGetIncomingBlock(counter->phi, i)))
            continue;
        only = LLVMGetIncomingValue(counter->phi, i);
        count++;
    }
    return count == 1 ? only : NULL;
}

bool loop_counter_is_twin(const struct counter *a, const struct counter *b)
{
    for (unsigned i = 0; i < LLVMCountIncoming(a->phi); i++) {
        LLVMBasicBlockRef from = LLVMGetIncomingBlock(a->phi, i);
        if (loop_has(&a->loop, from) != loop_has(&b->loop, from))
            return false;
    }
    return true;
}
