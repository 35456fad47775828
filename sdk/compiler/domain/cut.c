/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Minimum cuts; see cut.h. */
#include "cut.h"

#include <stdlib.h>

#include "../blocks.h"

#define NONE SIZE_MAX

/* Edges come in pairs, one for each direction: that of edge i is edge i ^ 1. */
struct edge {
    size_t to;
    uint64_t room; /* weight that is not used up in this direction */
    size_t next;   /* of the same node */
};

struct cut {
    size_t nodes, count, capacity;
    size_t *first; /* edges of a node */
    struct edge *edges;
};

struct cut *cut_create(size_t nodes)
{
    struct cut *cut = blocks_allocate(1, sizeof *cut);

    cut->nodes = nodes;
    cut->first = blocks_allocate(nodes, sizeof *cut->first);
    for (size_t i = 0; i < nodes; i++)
        cut->first[i] = NONE;
    return cut;
}

void cut_destroy(struct cut *cut)
{
    free(cut->first);
    free(cut->edges);
    free(cut);
}

static void add_edge(struct cut *cut, size_t from, size_t to, uint64_t weight)
{
    if (cut->count == cut->capacity) {
        cut->capacity = cut->capacity ? 2 * cut->capacity : 64;
        struct edge *grown = realloc(cut->edges, cut->capacity * sizeof *grown);
        if (!grown)
            abort();
        cut->edges = grown;
    }
    cut->edges[cut->count] = (struct edge){to, weight, cut->first[from]};
    cut->first[from] = cut->count++;
}

void cut_connect(struct cut *cut, size_t from, size_t to, uint64_t weight)
{
    add_edge(cut, from, to, weight);
    add_edge(cut, to, from, weight);
}

/*
 * Fills `via` with the edge by which the search reached each node from `start`, along edges
 * with room, or against them when `backwards`. Stops at `goal`, which it says whether it found.
 */
static bool search(const struct cut *cut, size_t start, size_t goal, bool backwards,
                   size_t *via, size_t *queue)
{
    size_t head = 0, tail = 0;

    for (size_t i = 0; i < cut->nodes; i++)
        via[i] = NONE;
    via[start] = NONE - 1; /* reached, by no edge */
    queue[tail++] = start;
    while (head < tail) {
        size_t node = queue[head++];
        if (node == goal)
            return true;
        for (size_t e = cut->first[node]; e != NONE; e = cut->edges[e].next) {
            size_t to = cut->edges[e].to;
            if (via[to] != NONE || !cut->edges[backwards ? e ^ 1 : e].room)
                continue;
            via[to] = e;
            queue[tail++] = to;
        }
    }
    return false;
}

static void augment(struct cut *cut, size_t source, size_t sink, const size_t *via)
{
    uint64_t room = UINT64_MAX;

    for (size_t node = sink; node != source; node = cut->edges[via[node] ^ 1].to) {
        if (cut->edges[via[node]].room < room)
            room = cut->edges[via[node]].room;
    }
    for (size_t node = sink; node != source; node = cut->edges[via[node] ^ 1].to) {
        cut->edges[via[node]].room -= room;
        cut->edges[via[node] ^ 1].room += room;
    }
}

void cut_find(struct cut *cut, size_t source, size_t sink, bool *with_sink)
{
    size_t *via = blocks_allocate(cut->nodes, sizeof *via);
    size_t *queue = blocks_allocate(cut->nodes, sizeof *queue);

    while (search(cut, source, sink, false, via, queue))
        augment(cut, source, sink, via);
    (void)search(cut, sink, source, true, via, queue);
    for (size_t i = 0; i < cut->nodes; i++)
        with_sink[i] = via[i] != NONE;
    free(via);
    free(queue);
}
