/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which thread has which cache; see heap.h. */
#include <string.h>

#include "heap.h"

_Thread_local volatile uint32_t heap_cache_number;

/* Whatever the array says by now, a slot of the class is in it. */
void cache_flush(struct cache *cache)
{
    for (unsigned class = 0; class < HEAP_CLASSES; class ++) {
        uint32_t slots[CACHE_ROOM];
        uint32_t count = __atomic_load_n(&cache->counts[class], __ATOMIC_RELAXED);
        if (count == 0 || count > heap_classes[class].room)
            continue;
        memcpy(slots, cache_row(cache, class), count * sizeof *slots);
        cache->counts[class] = 0;
        pool_give(class, count, slots);
    }
}

static uint32_t acquire(void)
{
    struct heap *heap = HEAP;
    lock_take(&heap->caches_lock);
    uint32_t number = heap->free_cache;
    if (number != 0)
        heap->free_cache = cache_at(number)->next;
    else if (heap->fresh_caches < CACHES && tables_open(cache_at(heap->fresh_caches + 1),
                                                        cache_at(heap->fresh_caches + 1) + 1))
        number = ++heap->fresh_caches;
    if (number != 0)
        cache_at(number)->taken = true;
    lock_give(&heap->caches_lock);
    return number;
}

static void release(uint32_t number)
{
    struct cache *cache = cache_at(number);
    cache_flush(cache);
    lock_take(&HEAP->caches_lock);
    /* False for the second of two threads that were made to share it. */
    if (cache->taken) {
        cache->taken = false;
        cache->next = HEAP->free_cache;
        HEAP->free_cache = number;
    }
    lock_give(&HEAP->caches_lock);
}

struct cache *cache_current(void)
{
    uint32_t number = heap_cache_number;
    if (number == 0) {
        heap_start();
        number = acquire();
        heap_cache_number = number != 0 ? number : NO_CACHE;
        if (number == 0)
            return NULL;
        /* May allocate: by then there is a cache. */
        pthread_setspecific(HEAP->key, HEAP);
    }
    return number - 1 < CACHES ? cache_at(number) : NULL;
}

struct cache *cache_existing(void)
{
    const uint32_t number = heap_cache_number;
    if (number == 0)
        heap_start();
    return number - 1 < CACHES ? cache_at(number) : NULL;
}

void cache_end(void *unused)
{
    (void)unused;
    const uint32_t number = heap_cache_number;
    /* What runs later in this thread does without. */
    heap_cache_number = NO_CACHE;
    if (number - 1 < CACHES)
        release(number);
}
