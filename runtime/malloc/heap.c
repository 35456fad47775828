/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Start, locks and fork of the allocator; see heap.h. */
#include "heap.h"

#include <pthread.h>

#include "../arena.h"
#include "../die.h"
#include "../kernel.h"
#include "serve.h"

void lock_take(struct lock *lock)
{
    for (int tries = 0; tries < 100; tries++) {
        uint32_t expected = 0;
        if (atomic_compare_exchange_weak_explicit(&lock->word, &expected, 1,
                                                  memory_order_acquire, memory_order_relaxed))
            return;
        __builtin_ia32_pause();
    }
    /* 2: somebody may sleep. */
    while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0)
        kernel_wait(&lock->word, 2);
}

void lock_give(struct lock *lock)
{
    if (atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2)
        kernel_wake(&lock->word, 1);
}

bool tables_open(const void *start, const void *end)
{
    const uint64_t first = (uint64_t)start & -PAGE;
    const uint64_t last = ((uint64_t)end + PAGE - 1) & -PAGE;
    return arena_open(first, last - first) == 0;
}

static void before_fork(void)
{
    lock_take(&HEAP->caches_lock);
    for (unsigned class = 0; class < HEAP_CLASSES; class ++)
        lock_take(&HEAP->pools[class].lock);
    lock_take(&HEAP->large_lock);
}

static void after_fork_parent(void)
{
    lock_give(&HEAP->large_lock);
    for (unsigned class = 0; class < HEAP_CLASSES; class ++)
        lock_give(&HEAP->pools[class].lock);
    lock_give(&HEAP->caches_lock);
}

/* What the threads kept that the child does not have. */
static void after_fork_child(void)
{
    after_fork_parent();
    const struct cache *own = cache_current();
    for (uint32_t number = 1; number <= HEAP->fresh_caches; number++)
        if (cache_at(number) != own)
            cache_flush(cache_at(number));
}

void heap_start(void)
{
    /* Only saves work: the tables say whether it is done. */
    static _Atomic uint32_t started;
    static struct lock lock;
    if (atomic_load(&started) != 0)
        return;
    lock_take(&lock);
    if (atomic_load(&started) == 0) {
        __memsentry_heap_reserve();
        /* Whatever is freed, its state can be read: what was never handed out is not allocated. */
        if (arena_show(STATES_START, HEAP_SPANS * STATES_SPAN) != 0 ||
            !tables_open(HEAP, (void *)(FIRST_STATES_START + CLASS_FIRST(HEAP_CLASSES))))
            die("no memory for the heap's tables");
        if (pthread_key_create(&HEAP->key, cache_end) != 0 ||
            pthread_atfork(before_fork, after_fork_parent, after_fork_child) != 0)
            die("libc has no room for the heap's thread key");
        atomic_store(&started, 1);
    }
    lock_give(&lock);
}
