/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The allocator behind malloc.c. Nothing here follows a pointer into the upper half: every
 * address that is handed out is computed from a number in the tables, and every address that is
 * given back is turned into one first.
 */
#ifndef MALLOC_HEAP_H
#define MALLOC_HEAP_H

#include "tables.h"

/* Makes the heap usable; called by what runs when a thread has no cache. */
void heap_start(void);

void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

/* Makes the tables' memory [start, end) usable. False when there is none. */
bool tables_open(const void *start, const void *end);

/*
 * Takes up to `wanted` free slots, which become cached; returns how many it got, neighbours
 * with rising numbers where it can. 0 when memory is used up.
 */
unsigned pool_take(unsigned class, unsigned wanted, uint32_t *slots);
/* Gives cached slots back. Pages without a slot in use go back to the kernel by and by. */
void pool_give(unsigned class, unsigned count, const uint32_t *slots);
/* Gives all pages without a slot in use to the kernel; returns whether there were any. */
bool pool_trim(unsigned class);

/* The calling thread's cache. NULL when it has none and will get none. */
struct cache *cache_current(void);
/*
 * The same for what gives memory back: NULL, too, when it has none yet. A thread that ends
 * frees last, when nobody would take a cache from it any more.
 */
struct cache *cache_existing(void);
/* The end of a thread: its cache is flushed and becomes another's. */
void cache_end(void *unused);
/* Gives back all that a cache keeps. */
void cache_flush(struct cache *cache);

/*
 * A block with pages of its own and so much room to grow in, or less where `room` is smaller
 * than the block; a room of a power of two is also the least alignment. `clean` tells whether
 * it reads zeroes.
 */
void *large_allocate(size_t size, size_t room, bool *clean);
static inline bool is_large(const void *pointer)
{
    return (uint64_t)pointer - LARGE_START < LARGE_CLASSES * LARGE_SPAN;
}
/* Bytes of the block that starts at `pointer`, 0 when there is none. */
size_t large_size(const void *pointer);
/* False when there is no such block. */
bool large_free(void *pointer);
/* Another size in the same place; false when that cannot be. */
bool large_resize(void *pointer, size_t size);
/* Moves the pages of a large block to another one, of at least its size; false: copy them. */
bool large_move(void *from, void *to, size_t size);
bool large_trim(void);

/*
 * The number of the thread's cache, 0 when it has none yet, NO_CACHE when it is to have none.
 * Ordinary memory: it is compared with the limit at each use, and read once.
 */
#define NO_CACHE UINT32_MAX
extern _Thread_local volatile uint32_t heap_cache_number;

#endif
