/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the allocator remembers, at fixed addresses in the lower half. Blocks of the program lie
 * in the upper half and hold nothing of it; zeroes mean that nothing was handed out yet.
 */
#ifndef MALLOC_TABLES_H
#define MALLOC_TABLES_H

#include <stdatomic.h>

#include "classes.h"
#include "../control.h"

/* A byte for each slot. Free is free for every thread; cached is in a thread's keeping. */
enum block_state {
    BLOCK_CLEAN = 0, /* free, and reads zeroes: nobody had it since the kernel gave it */
    BLOCK_USED = 1,  /* free */
    BLOCK_CACHED_CLEAN = 2,
    BLOCK_CACHED = 3,
    BLOCK_ALLOCATED = 4,
};

struct lock {
    _Atomic uint32_t word;
};

struct slab {
    uint32_t next, previous; /* of those with free slots, slab number + 1 */
    uint16_t free;           /* slots */
    uint16_t first;          /* no slot below it is free */
    bool in_memory;          /* maybe */
};

/* The first entries and the states of the first slab of each class lie together with those of
 * the others, so that a small program touches few pages. */
#define FIRST_SLABS 4

struct pool {
    struct lock lock;
    uint32_t opened; /* slabs whose memory is open */
    uint32_t slabs;  /* of these, with slots that were handed out once */
    uint32_t kept;   /* wholly free ones that are in memory */
    uint64_t used;   /* slots that are not free */
    uint32_t last;   /* of the slabs with free slots */
};

/* Numbers from 1: a thread's number lies in ordinary memory and is compared with the limit. */
#define CACHES 16384

struct cache {
    uint32_t counts[HEAP_SPANS];
    uint32_t slots[CLASS_ROW(HEAP_CLASSES)]; /* a row for each class */
    uint32_t next;                           /* free one */
    bool taken;
};

#define LARGE_CLASSES 18
#define LARGE_SPAN (256 * UINT64_C(1073741824))
#define LARGE_SLOT_SIZE(k) (2 * MEMSENTRY_MIB << (k))
#define LARGE_START (MEMSENTRY_HEAP_START + HEAP_SPANS * HEAP_SPAN)

struct large {
    uint64_t size; /* whole pages, 0 when free */
    uint64_t open; /* bytes that can be accessed, some of a freed one too */
    uint32_t next; /* slot number + 1 of the next free one */
    bool used;     /* what is open may not read zeroes */
};

struct large_pool {
    uint32_t free; /* slot number + 1 */
    uint32_t fresh;
};

struct heap {
    pthread_key_t key;
    struct lock caches_lock;
    uint32_t free_cache;
    uint32_t fresh_caches;
    struct lock large_lock;
    uint64_t large_used, large_kept; /* bytes: of blocks in use; what is open beyond them */
    struct large_pool large[LARGE_CLASSES];
    struct pool pools[HEAP_CLASSES];
    struct slab first_slabs[HEAP_CLASSES][FIRST_SLABS];
};

#define GIB UINT64_C(1073741824)
#define TABLES_START (MEMSENTRY_CONTROL_START + 512 * GIB)
#define FIRST_STATES_START (TABLES_START + 2 * PAGE)
#define CACHES_START (TABLES_START + 16 * MEMSENTRY_KIB)
#define CACHE_STRIDE (16 * MEMSENTRY_KIB)
#define LARGE_TABLES_START (TABLES_START + 2 * GIB)
#define LARGE_TABLE_SPAN (16 * MEMSENTRY_MIB)
#define SLABS_START (TABLES_START + 4 * GIB)
#define SLABS_SPAN (64 * MEMSENTRY_MIB)
#define STATES_START (TABLES_START + 64 * GIB)
#define STATES_SPAN (4 * GIB)

#define HEAP ((struct heap *)TABLES_START)

static inline struct cache *cache_at(uint32_t number)
{
    return (struct cache *)(CACHES_START + number * CACHE_STRIDE);
}

/* Entry 0 is the list of slabs with free slots, entry n + 1 is slab n. */
static inline struct slab *slab_at(unsigned class, uint32_t entry)
{
    if (entry < FIRST_SLABS)
        return &HEAP->first_slabs[class][entry];
    return (struct slab *)(SLABS_START + class * SLABS_SPAN) + entry;
}

/* Contiguous within a slab. */
static inline uint8_t *state_at(unsigned class, uint32_t slot)
{
    const struct heap_class *kind = &heap_classes[class];
    uint64_t start = STATES_START + class * STATES_SPAN;
    /* Not a branch: which of the two it is cannot be predicted. */
    start -= (start - FIRST_STATES_START - kind->first) & -(uint64_t)(slot < kind->slab_slots);
    return (uint8_t *)(start + slot);
}

static inline uint32_t *cache_row(struct cache *cache, unsigned class)
{
    return cache->slots + heap_classes[class].row;
}

static inline struct large *large_entry(unsigned class, uint32_t slot)
{
    return (struct large *)(LARGE_TABLES_START + class * LARGE_TABLE_SPAN) + slot;
}

static_assert(TABLES_START >= PROTECTED_TABLES_END, "nobody opens a domain for these");
static_assert(sizeof(struct heap) <= 2 * PAGE &&
                  FIRST_STATES_START + CLASS_FIRST(HEAP_CLASSES) <= CACHES_START + CACHE_STRIDE,
              "the first cache, number 1, lies behind the common tables");
static_assert(sizeof(struct cache) <= CACHE_STRIDE, "a cache fits its place");
static_assert(CACHES_START + (CACHES + 1) * CACHE_STRIDE <= LARGE_TABLES_START,
              "the caches fit");
static_assert(LARGE_TABLES_START + LARGE_CLASSES * LARGE_TABLE_SPAN <= SLABS_START &&
                  LARGE_SPAN / LARGE_SLOT_SIZE(0) * sizeof(struct large) <= LARGE_TABLE_SPAN,
              "the tables of large blocks fit");
static_assert(SLABS_START + HEAP_SPANS * SLABS_SPAN <= STATES_START &&
                  (HEAP_SPAN / (32 * MEMSENTRY_KIB) + 1) * sizeof(struct slab) <= SLABS_SPAN,
              "the slabs fit");
static_assert(STATES_START + HEAP_SPANS * STATES_SPAN <= MEMSENTRY_CONTROL_END &&
                  HEAP_SPAN / CLASS_SIZE(0) <= STATES_SPAN,
              "the states fit");
static_assert(LARGE_START + LARGE_CLASSES * LARGE_SPAN <= MEMSENTRY_HEAP_END,
              "the heap has room for large blocks");
static_assert(LARGE_SLOT_SIZE(LARGE_CLASSES - 1) <= LARGE_SPAN, "each class has a slot");

#endif
