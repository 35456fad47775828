/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * malloc and its relatives, in the place of libc's. The usual case touches the thread's cache
 * and a byte of state, and takes no lock.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "../fail.h"
#include "heap.h"
#include "serve.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define NOINLINE __attribute__((noinline))

/* How many slots go between a cache and its pool at a time. */
static unsigned batch(unsigned class)
{
    return (heap_classes[class].room + 1u) / 2;
}

static inline struct cache *fast_cache(void)
{
    const uint32_t number = heap_cache_number;
    return LIKELY(number - 1 < CACHES) ? cache_at(number) : NULL;
}

/* A slot of the thread's cache; false when it has none. */
static inline bool pop(unsigned class, uint32_t *slot)
{
    struct cache *cache = fast_cache();
    if (!LIKELY(cache != NULL))
        return false;
    const uint32_t left = __atomic_load_n(&cache->counts[class], __ATOMIC_RELAXED) - 1;
    if (!LIKELY(left < heap_classes[class].room))
        return false;
    *slot = cache_row(cache, class)[left];
    cache->counts[class] = left;
    return true;
}

/* `clean` tells whether the block reads zeroes. */
static inline void *hand_out(unsigned class, uint32_t slot, bool *clean)
{
    uint8_t *state = state_at(class, slot);
    *clean = *state == BLOCK_CACHED_CLEAN;
    *state = BLOCK_ALLOCATED;
    return slot_address(class, slot);
}

static void *refill(unsigned class, bool *clean)
{
    uint32_t slots[CACHE_ROOM];
    struct cache *cache = cache_current();
    unsigned count = pool_take(class, cache != NULL ? batch(class) : 1, slots);
    if (count == 0)
        return NULL;
    if (cache != NULL) {
        /* The lowest address is handed out first. */
        for (unsigned i = 1; i < count; i++)
            cache_row(cache, class)[count - 1 - i] = slots[i];
        cache->counts[class] = count - 1;
    }
    return hand_out(class, slots[0], clean);
}

static inline void *allocate_slot(unsigned class, bool *clean)
{
    uint32_t slot;
    return LIKELY(pop(class, &slot)) ? hand_out(class, slot, clean) : refill(class, clean);
}

static void *allocate_large(size_t size, size_t room, bool *clean)
{
    void *block = large_allocate(size, room, clean);
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

static void *allocate(size_t size, bool *clean)
{
    void *block = size <= HEAP_LARGEST ? allocate_slot(class_of_size(size), clean) : NULL;
    return block != NULL ? block : allocate_large(size, 0, clean);
}

static NOINLINE void *allocate_slowly(size_t size)
{
    bool clean;
    return allocate(size, &clean);
}

static NOINLINE void flush(struct cache *cache, unsigned class, uint32_t slot)
{
    uint32_t slots[CACHE_ROOM];
    const uint32_t room = heap_classes[class].room;
    const unsigned count = batch(class);
    uint32_t *row = cache_row(cache, class);
    /* The ones that were freed first; what is in the processor's cache stays. */
    memcpy(slots, row, count * sizeof *slots);
    memmove(row, row + count, (room - count) * sizeof *slots);
    row[room - count] = slot;
    cache->counts[class] = room - count + 1;
    pool_give(class, count, slots);
}

static inline void free_slot(struct cache *cache, unsigned class, uint32_t slot)
{
    const uint32_t count = __atomic_load_n(&cache->counts[class], __ATOMIC_RELAXED);
    if (!LIKELY(count < heap_classes[class].room)) {
        flush(cache, class, slot);
        return;
    }
    cache_row(cache, class)[count] = slot;
    cache->counts[class] = count + 1;
}

/* What has no slot, or comes from a thread without a cache. */
static NOINLINE void free_slowly(void *pointer, const void *pc)
{
    unsigned class;
    uint32_t slot;
    if (pointer == NULL)
        return;
    if (!slot_of(pointer, &class, &slot)) {
        if (!large_free(pointer))
            __memsentry_bad_free(pointer, pc);
        return;
    }
    /* Before the first malloc there are no states to look at. */
    struct cache *cache = cache_existing();
    uint8_t *state = state_at(class, slot);
    if (*state != BLOCK_ALLOCATED)
        __memsentry_bad_free(pointer, pc);
    *state = BLOCK_CACHED;
    if (cache != NULL)
        free_slot(cache, class, slot);
    else
        pool_give(class, 1, &slot);
}

static inline void free_block(void *pointer, const void *pc)
{
    unsigned class;
    uint32_t slot;
    struct cache *cache = fast_cache();
    if (!LIKELY(slot_of(pointer, &class, &slot) && cache != NULL)) {
        free_slowly(pointer, pc);
        return;
    }
    uint8_t *state = state_at(class, slot);
    if (!LIKELY(*state == BLOCK_ALLOCATED))
        __memsentry_bad_free(pointer, pc);
    *state = BLOCK_CACHED;
    free_slot(cache, class, slot);
}

/* 0 when no block in use starts there. */
static size_t block_size(const void *pointer)
{
    unsigned class;
    uint32_t slot;
    if (!slot_of(pointer, &class, &slot))
        return large_size(pointer);
    if (fast_cache() == NULL)
        (void)cache_existing();
    return *state_at(class, slot) == BLOCK_ALLOCATED ? heap_classes[class].size : 0;
}

EXPORT void *malloc(size_t size)
{
    if (LIKELY(size <= HEAP_LARGEST)) {
        const unsigned class = class_of_size(size);
        uint32_t slot;
        bool clean;
        if (LIKELY(pop(class, &slot)))
            return hand_out(class, slot, &clean);
    }
    return allocate_slowly(size);
}

EXPORT void free(void *pointer)
{
    free_block(pointer, __builtin_return_address(0));
}

EXPORT void *calloc(size_t count, size_t size)
{
    size_t total;
    bool clean;
    if (__builtin_mul_overflow(count, size, &total))
        total = SIZE_MAX;
    void *block = allocate(total, &clean);
    if (block != NULL && !clean)
        memset(block, 0, total);
    return block;
}

/* Blocks that grow beyond this get address space to grow on in place: so many times their size,
 * and never less than the latter. */
#define GROWS_LARGE (128 * MEMSENTRY_KIB)
#define GROWTH_ROOM 4
#define GROWTH_LEAST (16 * MEMSENTRY_MIB)

/* Whether a block of `old` bytes may stay where it is. */
static bool fits(void *pointer, size_t old, size_t size)
{
    if (is_large(pointer))
        return size > old / 4 && large_resize(pointer, size);
    return size <= old && size > old / 2;
}

static void *reallocate(void *pointer, size_t old, size_t size)
{
    bool clean;
    void *block = NULL;
    if (size > old && size > GROWS_LARGE) {
        const size_t room = size * GROWTH_ROOM;
        block = large_allocate(size, room > GROWTH_LEAST ? room : GROWTH_LEAST, &clean);
    }
    if (block == NULL)
        block = allocate(size, &clean);
    if (block == NULL)
        return NULL;
    const size_t kept = old < size ? old : size;
    /* Into memory that is there already copying is faster. */
    if (!(clean && is_large(pointer) && is_large(block) && large_move(pointer, block, kept)))
        memcpy(block, pointer, kept);
    return block;
}

EXPORT void *realloc(void *pointer, size_t size)
{
    if (pointer == NULL)
        return malloc(size);
    const size_t old = block_size(pointer);
    if (old == 0)
        __memsentry_bad_free(pointer, __builtin_return_address(0));
    if (size != 0 && fits(pointer, old, size))
        return pointer;
    void *block = size != 0 ? reallocate(pointer, old, size) : NULL;
    if (block != NULL || size == 0)
        free_block(pointer, __builtin_return_address(0));
    return block;
}

static void *aligned(size_t alignment, size_t size)
{
    bool clean;
    if (alignment > HEAP_LARGEST || size > HEAP_LARGEST)
        return allocate_large(size, alignment, &clean);
    /* Slots of a class are aligned as their size is. */
    unsigned class = class_of_size(size > alignment ? size : alignment);
    while (heap_classes[class].size % alignment != 0)
        class ++;
    void *block = allocate_slot(class, &clean);
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

static bool is_power_of_two(size_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    /* As libc's: what is no power of two is rounded up to one. */
    if (alignment > SIZE_MAX / 2 + 1) {
        fail(EINVAL);
        return NULL;
    }
    size_t power = 16;
    while (power < alignment)
        power *= 2;
    return aligned(power, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

EXPORT int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || !is_power_of_two(alignment))
        return EINVAL;
    const int saved = errno;
    void *block = memalign(alignment, size);
    errno = saved;
    if (block == NULL)
        return ENOMEM;
    *pointer = block;
    return 0;
}

EXPORT void *valloc(size_t size)
{
    return memalign(PAGE, size);
}

EXPORT void *pvalloc(size_t size)
{
    size_t rounded;
    if (__builtin_add_overflow(size, PAGE - 1, &rounded)) {
        fail(ENOMEM);
        return NULL;
    }
    return memalign(PAGE, rounded & -PAGE);
}

EXPORT size_t malloc_usable_size(void *pointer)
{
    return pointer != NULL ? block_size(pointer) : 0;
}
