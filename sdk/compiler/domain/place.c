/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The domain's state where control passes from one block to others has to be the same at the
 * end of all blocks and at the start of all that take part: such a junction is a node of a
 * graph. A block connects its junctions with what its first and its last instruction that cares
 * demands, or with each other, and a gate in that block is an edge that is cut. The cheapest
 * placement is a minimum cut, the edges weighted by how often their blocks run. A loop of
 * nothing but accesses to the region is opened before and closed behind it by that alone.
 */
#include "place.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <llvm-c/Core.h>

#include "../blocks.h"
#include "../bridge/bridge.h"
#include "../config.h"
#include "cut.h"
#include "demand.h"

/* Ratios beyond this tell nothing, and a sum of all must not overflow. */
#define FREQUENCY_BITS 40

struct block {
    LLVMBasicBlockRef block;
    uint64_t frequency;
    /* The first and the last instruction that cares, NULL where none does. */
    LLVMValueRef first, last;
    enum demand first_demand, last_demand;
    size_t at_start, at_end; /* junctions */
};

struct placement {
    LLVMTargetDataRef layout;
    unsigned mode;
    bool inner; /* entered, and left, with the domain open */
    struct blocks numbers;
    struct block *blocks; /* by number */
    size_t *junctions;    /* a forest of those that are the same */
    struct place *places;
    size_t count, capacity;
};

static void add_place(struct placement *p, LLVMValueRef before, enum gate gate)
{
    if (p->count == p->capacity) {
        p->capacity = p->capacity ? 2 * p->capacity : 16;
        struct place *grown = realloc(p->places, p->capacity * sizeof *grown);
        if (!grown)
            abort();
        p->places = grown;
    }
    p->places[p->count++] = (struct place){before, gate};
}

/* ---- blocks ---- */

/* Notes what the instructions of a block demand; gates within it have their places at once. */
static void read_block(struct placement *p, struct block *block)
{
    for (LLVMValueRef i = LLVMGetFirstInstruction(block->block); i;
         i = LLVMGetNextInstruction(i)) {
        enum demand demand = demand_of(p->layout, i, p->mode);
        if (demand == DEMAND_NONE)
            continue;
        if (!block->first) {
            block->first = i;
            block->first_demand = demand;
        } else if (demand != block->last_demand) {
            if (demand == DEMAND_OPEN)
                add_place(p, i, GATE_OPENS);
            else
                add_place(p, LLVMGetNextInstruction(block->last), GATE_CLOSES);
        }
        block->last = i;
        block->last_demand = demand;
    }
}

/* By how many bits to shorten all of them. */
static unsigned excess_bits(const uint64_t *frequencies, size_t count)
{
    uint64_t all = 1;

    for (size_t i = 0; i < count; i++)
        all |= frequencies[i];
    int bits = 64 - __builtin_clzll(all);
    return bits > FREQUENCY_BITS ? (unsigned)(bits - FREQUENCY_BITS) : 0;
}

static void read_blocks(struct placement *p, LLVMValueRef function)
{
    blocks_number(&p->numbers, function);
    const size_t count = p->numbers.count;
    p->blocks = blocks_allocate(count, sizeof *p->blocks);
    p->junctions = blocks_allocate(2 * count, sizeof *p->junctions);
    uint64_t *frequencies = blocks_allocate(count, sizeof *frequencies);
    bridge_block_frequencies(function, frequencies);
    unsigned excess = excess_bits(frequencies, count);
    for (size_t b = 0; b < count; b++) {
        p->blocks[b] = (struct block){
            .block = p->numbers.at[b],
            .frequency = (frequencies[b] >> excess) + 1, /* no gate is free */
            .at_start = 2 * b,
            .at_end = 2 * b + 1,
        };
        p->junctions[2 * b] = 2 * b;
        p->junctions[2 * b + 1] = 2 * b + 1;
        read_block(p, &p->blocks[b]);
    }
    free(frequencies);
}

/* ---- junctions ---- */

static size_t junction(struct placement *p, size_t which)
{
    while (p->junctions[which] != which) {
        p->junctions[which] = p->junctions[p->junctions[which]];
        which = p->junctions[which];
    }
    return which;
}

static void join_blocks(struct placement *p)
{
    for (size_t b = 0; b < p->numbers.count; b++) {
        LLVMValueRef terminator = LLVMGetBasicBlockTerminator(p->blocks[b].block);
        for (unsigned s = 0; s < LLVMGetNumSuccessors(terminator); s++) {
            size_t next = blocks_find(&p->numbers, LLVMGetSuccessor(terminator, s));
            p->junctions[junction(p, p->blocks[next].at_start)] =
                junction(p, p->blocks[b].at_end);
        }
    }
}

/* Says of each junction whether the domain is open there. */
static bool *cut_junctions(struct placement *p)
{
    const size_t closed = 2 * p->numbers.count, open = closed + 1;
    struct cut *cut = cut_create(open + 1);
    bool *is_open = blocks_allocate(open + 1, sizeof *is_open);

    cut_connect(cut, junction(p, p->blocks[0].at_start), p->inner ? open : closed, CUT_NEVER);
    for (size_t b = 0; b < p->numbers.count; b++) {
        const struct block *block = &p->blocks[b];
        size_t start = junction(p, block->at_start), end = junction(p, block->at_end);
        if (!block->first) {
            cut_connect(cut, start, end, block->frequency);
            continue;
        }
        /* Behind a terminator there is no room for a gate. */
        bool last = block->last == LLVMGetBasicBlockTerminator(block->block);
        cut_connect(cut, start, block->first_demand == DEMAND_OPEN ? open : closed,
                    block->frequency);
        cut_connect(cut, end, block->last_demand == DEMAND_OPEN ? open : closed,
                    last ? CUT_NEVER : block->frequency);
    }
    cut_find(cut, closed, open, is_open);
    cut_destroy(cut);
    return is_open;
}

/* ---- gates ---- */

static LLVMValueRef first_place(LLVMBasicBlockRef block)
{
    LLVMValueRef i = LLVMGetFirstInstruction(block);

    while (LLVMIsAPHINode(i) || LLVMIsALandingPadInst(i))
        i = LLVMGetNextInstruction(i);
    return i;
}

/* The domain is opened as late as can be, and closed as early. */
static void place_at_ends(struct placement *p, const struct block *block, const bool *is_open)
{
    LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block->block);
    bool start = is_open[junction(p, block->at_start)];
    bool end = is_open[junction(p, block->at_end)];
    bool first = block->first ? block->first_demand == DEMAND_OPEN : end;

    if (start && !first)
        add_place(p, first_place(block->block), GATE_CLOSES);
    else if (first && !start)
        add_place(p, block->first ? block->first : terminator, GATE_OPENS);
    if (!block->first)
        return;
    bool last = block->last_demand == DEMAND_OPEN;
    if (last && !end)
        add_place(p, LLVMGetNextInstruction(block->last), GATE_CLOSES);
    else if (end && !last)
        add_place(p, terminator, GATE_OPENS);
}

struct place *place_gates(LLVMValueRef function, LLVMTargetDataRef layout, unsigned mode,
                          size_t *count)
{
    struct placement p = {
        .layout = layout,
        .mode = mode,
        .inner = function_has_attribute(function, INNER_ATTRIBUTE),
    };

    read_blocks(&p, function);
    join_blocks(&p);
    bool *is_open = cut_junctions(&p);
    for (size_t b = 0; b < p.numbers.count; b++)
        place_at_ends(&p, &p.blocks[b], is_open);
    free(is_open);
    free(p.blocks);
    free(p.junctions);
    blocks_free(&p.numbers);
    *count = p.count;
    return p.places;
}
