/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The slots of a class that no thread keeps, in slabs; see heap.h. */
#include <string.h>
#include <sys/mman.h>

#include "heap.h"
#include "../kernel.h"

/* Wholly free slabs that stay in memory: so many bytes of a class, and a share of its slabs. */
#define KEPT_BYTES (2 * MEMSENTRY_MIB)
#define KEPT_SHARE 8
/* How much memory of a class is opened at a time. */
#define OPEN_LEAST (256 * MEMSENTRY_KIB)
#define OPEN_MOST (64 * MEMSENTRY_MIB)

static uint32_t slots_in_slab(unsigned class)
{
    return heap_classes[class].slab_slots;
}

/*
 * Bytes at the start of a class that stay unused, another number for each: the first blocks of
 * all classes would otherwise lie at the same place of a page, contend for the same lines of
 * the processor's cache, and loads of one would wait for stores to another.
 */
#define STAGGER (13 * 64)

static uint32_t first_slot(unsigned class, uint32_t entry)
{
    const struct heap_class *kind = &heap_classes[class];
    return entry == 1 && kind->size <= 1024 ? class * STAGGER / kind->size : 0;
}

/* Slots of a slab that are handed out. */
static uint32_t capacity(unsigned class, uint32_t entry)
{
    return slots_in_slab(class) - first_slot(class, entry);
}

static uint64_t slab_size(unsigned class)
{
    return (uint64_t)heap_classes[class].size << heap_classes[class].slab_bits;
}

/* The list: next of entry 0 is the first, previous of it the last. */
static void link_slab(unsigned class, uint32_t after, uint32_t entry)
{
    struct slab *slab = slab_at(class, entry);
    const uint32_t next = slab_at(class, after)->next;
    slab->previous = after;
    slab->next = next;
    slab_at(class, next)->previous = entry;
    slab_at(class, after)->next = entry;
}

static void unlink_slab(unsigned class, uint32_t entry)
{
    const struct slab *slab = slab_at(class, entry);
    slab_at(class, slab->previous)->next = slab->next;
    slab_at(class, slab->next)->previous = slab->previous;
}

static uint64_t slab_start(unsigned class, uint32_t entry)
{
    return class_start(class) + (entry - 1) * slab_size(class);
}

static uint8_t *slab_states(unsigned class, uint32_t entry)
{
    return state_at(class, (entry - 1) << heap_classes[class].slab_bits);
}

/* Opens memory for slabs from `from` on; returns how many. */
static uint32_t open_slabs(unsigned class, uint32_t from)
{
    const uint64_t size = slab_size(class);
    const uint64_t room = (HEAP_SPAN - class_margin(class)) / size - from;
    uint64_t step = from / 2 * size;
    step = step < OPEN_LEAST ? OPEN_LEAST : step > OPEN_MOST ? OPEN_MOST : step;
    uint64_t count = (step + size - 1) / size;
    if (count > room)
        count = room;
    const uint64_t start = class_start(class) + from * size;
    if (count > 1 && kernel_protect(start, count * size, PROT_READ | PROT_WRITE) != 0)
        count = 1;
    if (count == 1 && kernel_protect(start, size, PROT_READ | PROT_WRITE) != 0)
        return 0;
    return (uint32_t)count;
}

/* A slab that was never used, in the list; false when there is none. */
static bool grow(unsigned class)
{
    struct pool *pool = &HEAP->pools[class];
    const uint32_t entry = pool->slabs + 1;
    struct slab *slab = slab_at(class, entry);
    if (pool->slabs == pool->opened) {
        const uint32_t count = open_slabs(class, pool->opened);
        if (count == 0)
            return false;
        pool->opened += count;
    }
    /* The common tables are open. */
    if ((entry >= FIRST_SLABS && !tables_open(slab, slab + 1)) ||
        (entry > 1 && !tables_open(slab_states(class, entry),
                                   slab_states(class, entry) + slots_in_slab(class))))
        return false;
    pool->slabs = entry;
    slab->first = (uint16_t)first_slot(class, entry);
    slab->free = (uint16_t)capacity(class, entry);
    link_slab(class, slab_at(class, 0)->previous, entry);
    return true;
}

/* The first free slot of a slab from `slot` on, `end` when there is none. */
static uint32_t next_free(const uint8_t *states, uint32_t slot, uint32_t end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    for (; slot < end; slot++) {
        /* A state that is not free has a bit above the lowest. */
        for (; slot + 8 <= end; slot += 8) {
            memcpy(&word, states + slot, 8);
            if ((((word >> 1) | (word >> 2)) & ones) != ones)
                break;
        }
        if (slot < end && states[slot] <= BLOCK_USED)
            break;
    }
    return slot < end ? slot : end;
}

static unsigned take_from(unsigned class, uint32_t entry, unsigned wanted, uint32_t *slots)
{
    struct slab *slab = slab_at(class, entry);
    uint8_t *states = slab_states(class, entry);
    const uint32_t end = slots_in_slab(class);
    unsigned taken = 0;
    uint32_t slot = slab->first;
    while (taken < wanted && (slot = next_free(states, slot, end)) < end) {
        states[slot] += BLOCK_CACHED_CLEAN - BLOCK_CLEAN;
        slots[taken++] = ((entry - 1) << heap_classes[class].slab_bits) + slot;
        slot++;
    }
    slab->first = (uint16_t)slot;
    /* The count is wrong only where threads were made to share a cache. */
    slab->free = slot == end || taken > slab->free ? 0 : (uint16_t)(slab->free - taken);
    return taken;
}

unsigned pool_take(unsigned class, unsigned wanted, uint32_t *slots)
{
    struct pool *pool = &HEAP->pools[class];
    const struct slab *list = slab_at(class, 0);
    unsigned taken = 0;
    lock_take(&pool->lock);
    while (taken < wanted) {
        if (list->next == 0) {
            if (taken != 0 || !grow(class))
                break;
        }
        const uint32_t entry = list->next;
        struct slab *slab = slab_at(class, entry);
        if (slab->free == capacity(class, entry) && slab->in_memory)
            pool->kept--;
        slab->in_memory = true;
        taken += take_from(class, entry, wanted - taken, slots + taken);
        if (slab->free == 0)
            unlink_slab(class, entry);
    }
    pool->used += taken;
    lock_give(&pool->lock);
    return taken;
}

/* Of a wholly free slab, under the lock. */
static void discard(unsigned class, uint32_t entry)
{
    if (kernel_advise(slab_start(class, entry), slab_size(class), MADV_DONTNEED) != 0)
        return;
    memset(slab_states(class, entry), BLOCK_CLEAN, slots_in_slab(class));
    slab_at(class, entry)->in_memory = false;
    HEAP->pools[class].kept--;
}

static void give(unsigned class, uint32_t slot)
{
    struct pool *pool = &HEAP->pools[class];
    const uint32_t entry = (slot >> heap_classes[class].slab_bits) + 1;
    struct slab *slab = slab_at(class, entry);
    uint8_t *state = state_at(class, slot);
    /* Two threads that an attacker made share a cache may give the same slot. */
    const uint8_t cached = __atomic_load_n(state, __ATOMIC_RELAXED);
    if (cached != BLOCK_CACHED && cached != BLOCK_CACHED_CLEAN)
        return;
    *state = cached - (BLOCK_CACHED_CLEAN - BLOCK_CLEAN);
    const uint32_t within = slot & (slots_in_slab(class) - 1);
    if (within < slab->first)
        slab->first = (uint16_t)within;
    pool->used--;
    slab->free++;
    if (slab->free == 1)
        link_slab(class, 0, entry);
    if (slab->free != capacity(class, entry))
        return;
    /* Wholly free ones come last, so that they stay so. */
    unlink_slab(class, entry);
    link_slab(class, slab_at(class, 0)->previous, entry);
    pool->kept++;
    if (pool->kept * slab_size(class) > KEPT_BYTES && pool->kept > pool->slabs / KEPT_SHARE)
        discard(class, entry);
}

void pool_give(unsigned class, unsigned count, const uint32_t *slots)
{
    struct pool *pool = &HEAP->pools[class];
    lock_take(&pool->lock);
    for (unsigned i = 0; i < count; i++)
        give(class, slots[i]);
    lock_give(&pool->lock);
}

bool pool_trim(unsigned class)
{
    struct pool *pool = &HEAP->pools[class];
    bool any = false;
    lock_take(&pool->lock);
    for (uint32_t entry = pool->kept != 0 ? slab_at(class, 0)->previous : 0;
         entry != 0 && slab_at(class, entry)->free == capacity(class, entry);
         entry = slab_at(class, entry)->previous) {
        if (!slab_at(class, entry)->in_memory)
            continue;
        discard(class, entry);
        any = true;
    }
    lock_give(&pool->lock);
    return any;
}
