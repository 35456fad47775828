/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Linked structures: every pointer that is followed and written through lies in memory that the
 * oracle corrupts.
 */
#include <string.h>

#include "victim.h"

/* ---- a doubly linked list ---- */

struct link {
    struct link *next, *previous;
    uint64_t value;
};

static struct link ring;

static void list_prepare(void)
{
    ring.next = ring.previous = &ring;
    for (int i = 0; i < 48; i++) {
        struct link *link = oracle_allocate(sizeof *link);
        link->value = (uint64_t)i;
        link->next = &ring;
        link->previous = ring.previous;
        ring.previous->next = link;
        ring.previous = link;
    }
}

static void list_step(void)
{
    struct link *link = ring.next;
    for (uint32_t skip = oracle_random() % 40; skip > 0; skip--)
        link = link->next;
    link->next->previous = link->previous;
    link->previous->next = link->next;
    link->value++;
    link->next = ring.next;
    link->previous = &ring;
    ring.next->previous = link;
    ring.next = link;
}

/* ---- a search tree, rotated as it is searched ---- */

struct node {
    struct node *child[2], *parent;
    uint32_t key, count;
};

static struct node *root;

static void attach(struct node *parent, int side, struct node *child)
{
    if (parent != NULL)
        parent->child[side & 1] = child;
    else
        root = child;
    if (child != NULL)
        child->parent = parent;
}

static void tree_prepare(void)
{
    for (uint32_t i = 0; i < 64; i++) {
        struct node *node = oracle_allocate(sizeof *node);
        node->key = oracle_random() % 4096;
        struct node *parent = NULL;
        int side = 0;
        for (struct node *at = root; at != NULL; at = at->child[side]) {
            parent = at;
            side = node->key > at->key;
        }
        attach(parent, side, node);
    }
}

static void rotate(struct node *node)
{
    struct node *parent = node->parent, *above = parent->parent;
    int side = parent->child[1] == node;
    int above_side = above != NULL && above->child[1] == parent;
    attach(parent, side, node->child[!side]);
    attach(above, above_side, node);
    attach(node, !side, parent);
}

static void tree_step(void)
{
    uint32_t key = oracle_random() % 4096;
    struct node *found = root;
    for (int depth = 0; depth < 60 && found->key != key; depth++) {
        struct node *next = found->child[key > found->key];
        if (next == NULL)
            break;
        found = next;
    }
    found->count++;
    if (found->parent != NULL)
        rotate(found);
}

/* ---- hash tables: chained, and open with its own geometry in memory ---- */

struct entry {
    struct entry *next;
    uint64_t key, value;
};

static struct {
    struct entry **buckets;
    struct entry *unused;
    size_t mask;
    struct {
        uint32_t *slots;
        uint64_t shift, mask;
    } open;
} table;

static void hash_prepare(void)
{
    table.buckets = oracle_allocate(64 * sizeof *table.buckets);
    table.mask = 63;
    table.open.slots = oracle_allocate(128 * sizeof *table.open.slots);
    table.open.mask = 127;
    table.open.shift = 7;
    for (int i = 0; i < 64; i++) {
        struct entry *entry = oracle_allocate(sizeof *entry);
        entry->next = table.unused;
        table.unused = entry;
    }
}

static void hash_step(void)
{
    uint64_t key = oracle_random() % 512;
    struct entry **at = &table.buckets[key * 2654435761 & table.mask];
    while (*at != NULL && (*at)->key != key)
        at = &(*at)->next;
    struct entry *entry = *at;
    if (entry != NULL && (key & 1) != 0) {
        *at = entry->next;
        entry->next = table.unused;
        table.unused = entry;
    } else if (entry != NULL) {
        entry->value++;
    } else if (table.unused != NULL) {
        entry = table.unused;
        table.unused = entry->next;
        *entry = (struct entry){*at, key, 1};
        *at = entry;
    }
    uint64_t slot = key << table.open.shift >> 3;
    table.open.slots[slot & table.open.mask] = (uint32_t)key;
}

/* ---- an allocator: what it hands out, it finds in freed memory ---- */

struct chunk {
    size_t size;
    struct chunk *next;
};

static struct chunk *free_chunks[4];
static char *live[32];

static void allocator_prepare(void)
{
    for (size_t i = 0; i < 64; i++) {
        struct chunk *chunk = oracle_allocate((size_t)32 << i % 4);
        chunk->size = i % 4;
        chunk->next = free_chunks[i % 4];
        free_chunks[i % 4] = chunk;
    }
}

static void allocator_step(void)
{
    char **place = &live[oracle_random() % 32];
    if (*place != NULL) {
        struct chunk *chunk = (struct chunk *)(*place - sizeof(size_t));
        struct chunk **list = &free_chunks[chunk->size];
        chunk->next = *list;
        *list = chunk;
        *place = NULL;
        return;
    }
    size_t class = oracle_random() % 4;
    struct chunk *chunk = free_chunks[class];
    if (chunk == NULL)
        return;
    free_chunks[class] = chunk->next;
    *place = (char *)chunk + sizeof(size_t);
    memset(*place, 0x55, ((size_t)32 << class) - sizeof(size_t));
}

/* ---- structures by value ---- */

struct small {
    uint64_t words[3];
};

struct large {
    uint64_t words[40];
};

static struct small *smalls;
static struct large *larges;
static struct large **larger;
static __thread struct small local_small;
static __thread struct small *local_pointer;

static void copies_prepare(void)
{
    smalls = oracle_allocate(16 * sizeof *smalls);
    larges = oracle_allocate(8 * sizeof *larges);
    larger = oracle_allocate(8 * sizeof *larger);
    for (int i = 0; i < 8; i++)
        larger[i] = &larges[i];
    local_pointer = &local_small;
}

__attribute__((noinline)) static struct large changed(struct large value)
{
    value.words[oracle_random() % 40]++;
    return value;
}

static void copies_step(void)
{
    uint32_t random = oracle_random();
    smalls[random % 16] = smalls[random / 16 % 16];
    *larger[random % 8] = *larger[random / 8 % 8];
    *larger[random / 64 % 8] = changed(larges[random % 8]);
    *local_pointer = smalls[random % 16];
    local_pointer->words[random % 3] = random;
}

const struct workload oracle_structures[] = {WORKLOAD(list),   WORKLOAD(tree),
                                             WORKLOAD(hash),   WORKLOAD(allocator),
                                             WORKLOAD(copies), {NULL, NULL, NULL}};
