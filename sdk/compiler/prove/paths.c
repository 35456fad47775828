/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Walks the control flow backwards. */
#include "paths.h"

#include <stdlib.h>

#include <llvm-c/Core.h>

static LLVMBasicBlockRef target(struct edge edge)
{
    return LLVMGetSuccessor(edge.terminator, edge.successor);
}

static size_t block_index(const struct facts *facts, LLVMBasicBlockRef block)
{
    return facts_index(facts, LLVMGetFirstInstruction(block));
}

/* Calls `visit` on every edge of the function. */
static void each_edge(struct paths *paths, void (*visit)(struct paths *, struct edge, size_t))
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(paths->facts->function); block;
         block = LLVMGetNextBasicBlock(block)) {
        LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block);
        for (unsigned i = 0; i < LLVMGetNumSuccessors(terminator); i++) {
            struct edge edge = {terminator, i};
            visit(paths, edge, block_index(paths->facts, target(edge)));
        }
    }
}

static void count_edge(struct paths *paths, struct edge edge, size_t to)
{
    (void)edge;
    paths->start[to + 1]++;
    paths->edge_count++;
}

static void store_edge(struct paths *paths, struct edge edge, size_t to)
{
    /* Counting down, so that the starts are right in the end. */
    paths->edges[--paths->start[to + 1]] = edge;
}

void paths_compute(struct paths *paths, const struct facts *facts)
{
    *paths = (struct paths){.facts = facts};
    paths->start = prove_allocate(facts->count + 2, sizeof *paths->start);
    each_edge(paths, count_edge);
    paths->edges = prove_allocate(paths->edge_count, sizeof *paths->edges);
    for (size_t i = 1; i < facts->count + 2; i++)
        paths->start[i] += paths->start[i - 1];
    each_edge(paths, store_edge);
}

void paths_free(struct paths *paths)
{
    free(paths->start);
    free(paths->edges);
}

/* Backwards through one block; PASSING_ON when its start is reached. */
static enum passing walk_block(LLVMValueRef from, const struct passage *passage)
{
    for (LLVMValueRef i = from; i; i = LLVMGetPreviousInstruction(i)) {
        enum passing passing = passage->instruction(passage->context, i);
        if (passing != PASSING_ON)
            return passing;
    }
    return PASSING_ON;
}

/*
 * What follows when `condition` has come out as `outcome`: an `or` that is false has two false
 * sides, an `and` that is true two true ones. What is not definite may come out otherwise at
 * its next use.
 */
static bool follows(const struct facts *facts, const struct passage *passage,
                    LLVMValueRef condition, bool outcome)
{
    if (!LLVMIsAInstruction(condition) || !facts_of(facts, condition).definite)
        return false;
    LLVMValueRef left = LLVMGetOperand(condition, 0), right;
    switch (LLVMGetInstructionOpcode(condition)) {
    case LLVMICmp:
        return passage->comparison(passage->context, condition, outcome);
    case LLVMFreeze:
        return follows(facts, passage, left, outcome);
    case LLVMOr:
    case LLVMAnd:
        if (outcome != (LLVMGetInstructionOpcode(condition) == LLVMAnd))
            return false;
        return follows(facts, passage, left, outcome) ||
               follows(facts, passage, LLVMGetOperand(condition, 1), outcome);
    case LLVMXor:
        right = LLVMGetOperand(condition, 1);
        return LLVMIsAConstantInt(right) && LLVMConstIntGetZExtValue(right) == 1 &&
               follows(facts, passage, left, !outcome);
    case LLVMSelect: /* with a constant on the side that was not taken */
        left = LLVMGetOperand(condition, outcome ? 2 : 1);
        return LLVMIsAConstantInt(left) && !LLVMConstIntGetZExtValue(left) == outcome &&
               (follows(facts, passage, LLVMGetOperand(condition, 0), outcome) ||
                follows(facts, passage, LLVMGetOperand(condition, outcome ? 1 : 2), outcome));
    default:
        return false;
    }
}

static bool edge_holds(const struct facts *facts, struct edge edge,
                       const struct passage *passage)
{
    LLVMValueRef branch = edge.terminator;

    if (!passage->comparison || !LLVMIsABranchInst(branch) || !LLVMIsConditional(branch) ||
        LLVMGetSuccessor(branch, 0) == LLVMGetSuccessor(branch, 1))
        return false;
    LLVMValueRef condition = LLVMGetCondition(branch);
    bool taken = edge.successor == 0;
    /* A way that is never taken. */
    if (LLVMIsAConstantInt(condition) && !LLVMConstIntGetZExtValue(condition) == taken)
        return true;
    return follows(facts, passage, condition, taken);
}

bool paths_all_pass(const struct paths *paths, LLVMValueRef to, const struct passage *passage)
{
    const struct facts *facts = paths->facts;
    LLVMBasicBlockRef block = LLVMGetInstructionParent(to);
    enum passing passing = walk_block(LLVMGetPreviousInstruction(to), passage);
    size_t pending = 0;
    bool holds = true;

    if (passing != PASSING_ON)
        return passing == PASSING_HOLDS;
    LLVMBasicBlockRef *blocks = prove_allocate(paths->edge_count + 1, sizeof *blocks);
    bool *seen = prove_allocate(facts->count, 1);
    blocks[pending++] = block;
    while (pending && holds) {
        size_t at = block_index(facts, blocks[--pending]);
        if (paths->start[at + 1] == paths->start[at + 2] || at == 0)
            holds = false; /* the entry */
        for (size_t i = paths->start[at + 1]; i < paths->start[at + 2] && holds; i++) {
            LLVMValueRef terminator = paths->edges[i].terminator;
            size_t from = facts_index(facts, terminator);
            if (edge_holds(facts, paths->edges[i], passage) || seen[from])
                continue;
            seen[from] = true;
            passing = walk_block(terminator, passage);
            holds = passing != PASSING_FAILS;
            if (passing == PASSING_ON)
                blocks[pending++] = LLVMGetInstructionParent(terminator);
        }
    }
    free(blocks);
    free(seen);
    return holds;
}

bool paths_edge_passes(const struct paths *paths, struct edge edge,
                       const struct passage *passage)
{
    return edge_holds(paths->facts, edge, passage) ||
           paths_all_pass(paths, edge.terminator, passage);
}

const struct edge *paths_edges_into(const struct paths *paths, LLVMBasicBlockRef block,
                                    size_t *count)
{
    size_t at = block_index(paths->facts, block);

    *count = paths->start[at + 2] - paths->start[at + 1];
    return paths->edges + paths->start[at + 1];
}
