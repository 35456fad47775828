/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A sparse data-flow analysis: facts only ever get weaker until nothing changes any more, so
 * what holds in the end holds on every path and for every number of rounds of a loop.
 */
#include "facts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "../config.h"

struct slot {
    LLVMValueRef value;
    size_t index;
};

/* Rounds before bounds are pushed on, and sweeps that take back what was pushed too far. */
#define PATIENCE 4
#define SWEEPS 2

void *prove_allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        abort(); /* as LLVM does */
    return memory;
}

static size_t hash(const struct facts *facts, LLVMValueRef value)
{
    return ((uintptr_t)value >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20 &
           (facts->slot_count - 1);
}

static struct slot *find(const struct facts *facts, LLVMValueRef value)
{
    size_t at = hash(facts, value);

    while (facts->slots[at].value && facts->slots[at].value != value)
        at = (at + 1) & (facts->slot_count - 1);
    return &facts->slots[at];
}

size_t facts_index(const struct facts *facts, LLVMValueRef instruction)
{
    const struct slot *slot = find(facts, instruction);

    return slot->value ? slot->index : SIZE_MAX;
}

static void collect(struct facts *facts)
{
    for (int filling = 0; filling <= 1; filling++) {
        size_t count = 0;
        for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(facts->function); block;
             block = LLVMGetNextBasicBlock(block)) {
            for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
                 i = LLVMGetNextInstruction(i)) {
                if (filling) {
                    facts->instructions[count] = i;
                    *find(facts, i) = (struct slot){i, count};
                }
                count++;
            }
        }
        if (filling)
            break;
        facts->count = count;
        facts->slot_count = 16;
        while (facts->slot_count < 2 * count)
            facts->slot_count *= 2;
        facts->instructions = prove_allocate(count, sizeof *facts->instructions);
        facts->of = prove_allocate(count, sizeof *facts->of);
        facts->slots = prove_allocate(facts->slot_count, sizeof *facts->slots);
    }
}

/* Instructions whose facts may have changed. */
struct worklist {
    bool *waits;
    size_t length;
};

static void push(struct worklist *list, size_t index)
{
    list->length += !list->waits[index];
    list->waits[index] = true;
}

static void push_users(const struct facts *facts, struct worklist *list, LLVMValueRef value)
{
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        size_t index = facts_index(facts, user);
        if (index == SIZE_MAX)
            continue;
        push(list, index);
        /* What is looked up through a chain of insertions is not seen in their own facts. */
        if (LLVMIsAInsertElementInst(user) || LLVMIsAInsertValueInst(user))
            push_users(facts, list, user);
    }
}

static void climb_at(struct facts *facts, struct worklist *list, unsigned char *rounds,
                     size_t i)
{
    LLVMValueRef instruction = facts->instructions[i];
    unsigned width = fact_width_or_word(LLVMTypeOf(instruction));
    struct fact last = facts->of[i];
    struct fact next = fact_join(last, facts_transfer(facts, instruction), width);

    if (fact_equal(&last, &next))
        return;
    if (rounds[i] < PATIENCE)
        rounds[i]++;
    else
        next = fact_widen(last, next, width);
    facts->of[i] = next;
    push_users(facts, list, instruction);
}

/* In the order of the code, so that operands mostly come first. */
static void climb(struct facts *facts)
{
    size_t count = facts->count;
    struct worklist list = {prove_allocate(count, sizeof *list.waits), 0};
    unsigned char *rounds = prove_allocate(count, 1);

    for (size_t i = 0; i < count; i++)
        push(&list, i);
    while (list.length) {
        for (size_t i = 0; i < count; i++) {
            if (!list.waits[i])
                continue;
            list.waits[i] = false;
            list.length--;
            climb_at(facts, &list, rounds, i);
        }
    }
    free(list.waits);
    free(rounds);
}

/* Every fact holds by now, so what follows from them does, too, and may be stronger. */
static void descend(struct facts *facts)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (size_t i = 0; i < facts->count; i++) {
            if (facts->of[i].kind != FACT_NONE)
                facts->of[i] = facts_transfer(facts, facts->instructions[i]);
        }
    }
}

static enum stack_kind stack_of(LLVMValueRef function)
{
    unsigned length;
    LLVMAttributeRef attribute =
        LLVMGetStringAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex,
                                      STACK_ATTRIBUTE, sizeof STACK_ATTRIBUTE - 1);
    const char *value = attribute ? LLVMGetStringAttributeValue(attribute, &length) : "normal";

    if (!strcmp(value, "normal"))
        return STACK_NORMAL;
    return strcmp(value, "exempt") ? STACK_SAFE : STACK_EXEMPT;
}

static const struct check_code *check_of(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return config_of_function(function, &backend, &mode) ? backend->check_code : NULL;
}

void facts_compute(struct facts *facts, LLVMValueRef function)
{
    *facts = (struct facts){
        .function = function,
        .layout = LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)),
        .stack = stack_of(function),
        .check = check_of(function),
    };
    collect(facts);
    climb(facts);
    descend(facts);
}

void facts_free(struct facts *facts)
{
    free(facts->instructions);
    free(facts->of);
    free(facts->slots);
}
