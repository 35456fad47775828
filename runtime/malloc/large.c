/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Blocks above the largest class: slots of powers of two, of which as much is accessible as the
 * block needs and a little more; the rest, a page at least, is a guard. See heap.h.
 */
#include <string.h>
#include <sys/mman.h>

#include "heap.h"
#include "../kernel.h"

/* What stays in memory though no block in use has it. */
#define KEPT_BYTES (32 * MEMSENTRY_MIB)

static uint64_t slot_start(unsigned class, uint32_t slot)
{
    return LARGE_START + class * LARGE_SPAN + slot * LARGE_SLOT_SIZE(class);
}

/* The entry of the block that starts at `pointer`, also of a freed one; NULL: none ever did. */
static struct large *find(const void *pointer, unsigned *class)
{
    const uint64_t offset = (uint64_t)pointer - LARGE_START;
    if (!is_large(pointer))
        return NULL;
    /* Before the first malloc there is no table to look at. */
    (void)cache_current();
    *class = (unsigned)(offset / LARGE_SPAN);
    const uint32_t slot = (uint32_t)(offset % LARGE_SPAN / LARGE_SLOT_SIZE(*class));
    if (slot >= HEAP->large[*class].fresh || (uint64_t)pointer != slot_start(*class, slot))
        return NULL;
    return large_entry(*class, slot);
}

/* What is open beyond a block and a quarter of it: of a freed one, all. */
static uint64_t excess(uint64_t open, uint64_t size)
{
    return open > size + size / 4 ? open - size - size / 4 : 0;
}

static void account(struct large *entry, uint64_t open, uint64_t size)
{
    HEAP->large_kept += excess(open, size) - excess(entry->open, entry->size);
    HEAP->large_used += size - entry->size;
    entry->open = open;
    entry->size = size;
}

/* Makes exactly `size` bytes accessible. Under the lock. */
static bool set_open(struct large *entry, uint64_t start, uint64_t size)
{
    if (size > entry->open &&
        kernel_protect(start + entry->open, size - entry->open, PROT_READ | PROT_WRITE) != 0)
        return false;
    if (size < entry->open) {
        const uint64_t rest = entry->open - size;
        if (kernel_advise(start + size, rest, MADV_DONTNEED) != 0 ||
            kernel_protect(start + size, rest, PROT_NONE) != 0)
            return false;
    }
    account(entry, size, entry->size);
    return true;
}

/*
 * Makes a block `size` bytes long. What is open behind it may stay so, because asking the
 * kernel and touching new pages takes time, but not more than KEPT_BYTES in all. Under the
 * lock.
 */
static bool set_size(struct large *entry, uint64_t start, uint64_t size)
{
    if (size > entry->open && !set_open(entry, start, size))
        return false;
    account(entry, entry->open, size);
    /* Should the kernel refuse, it stays open. */
    if (HEAP->large_kept > KEPT_BYTES && excess(entry->open, size) != 0)
        (void)set_open(entry, start, size);
    return true;
}

/* A slot that is not in use. Under the lock. */
static struct large *take_slot(unsigned class, uint32_t *slot)
{
    struct large_pool *pool = &HEAP->large[class];
    if (pool->free != 0) {
        *slot = pool->free - 1;
        struct large *entry = large_entry(class, *slot);
        pool->free = entry->next;
        return entry;
    }
    *slot = pool->fresh;
    struct large *entry = large_entry(class, *slot);
    if (*slot >= LARGE_SPAN / LARGE_SLOT_SIZE(class) || !tables_open(entry, entry + 1))
        return NULL;
    pool->fresh++;
    return entry;
}

/* Under the lock. */
static void put_slot(unsigned class, uint32_t slot)
{
    struct large *entry = large_entry(class, slot);
    entry->next = HEAP->large[class].free;
    HEAP->large[class].free = slot + 1;
}

static void *allocate(unsigned class, uint64_t size, bool *clean)
{
    uint32_t slot;
    struct large *entry = take_slot(class, &slot);
    if (entry == NULL)
        return NULL;
    if (entry->open == 0)
        entry->used = false;
    if (!set_size(entry, slot_start(class, slot), size)) {
        put_slot(class, slot);
        return NULL;
    }
    *clean = !entry->used;
    entry->used = true;
    return (void *)slot_start(class, slot);
}

void *large_allocate(size_t size, size_t room, bool *clean)
{
    if (size > LARGE_SPAN - PAGE || room > LARGE_SPAN)
        return NULL;
    (void)cache_current();
    size = size == 0 ? PAGE : (size + PAGE - 1) & -PAGE;
    unsigned class = 0;
    while (LARGE_SLOT_SIZE(class) < size + PAGE || LARGE_SLOT_SIZE(class) < room)
        class ++;
    void *block = NULL;
    lock_take(&HEAP->large_lock);
    /* Address space is cheap: a class that is used up hands on to the next. */
    for (; class < LARGE_CLASSES && block == NULL; class ++)
        block = allocate(class, size, clean);
    lock_give(&HEAP->large_lock);
    return block;
}

size_t large_size(const void *pointer)
{
    unsigned class;
    const struct large *entry = find(pointer, &class);
    return entry != NULL ? entry->size : 0;
}

bool large_free(void *pointer)
{
    unsigned class;
    struct large *entry = find(pointer, &class);
    if (entry == NULL)
        return false;
    lock_take(&HEAP->large_lock);
    const uint64_t size = entry->size;
    if (size != 0) {
        (void)set_size(entry, (uint64_t)pointer, 0);
        put_slot(class, (uint32_t)(entry - large_entry(class, 0)));
    }
    lock_give(&HEAP->large_lock);
    return size != 0;
}

bool large_resize(void *pointer, size_t size)
{
    unsigned class;
    struct large *entry = find(pointer, &class);
    if (entry == NULL || size > LARGE_SLOT_SIZE(class) - PAGE)
        return false;
    size = (size + PAGE - 1) & -PAGE;
    lock_take(&HEAP->large_lock);
    const uint64_t start = (uint64_t)pointer, most = LARGE_SLOT_SIZE(class) - PAGE;
    bool done = entry->size != 0;
    if (done) {
        /* A block that has grown grows on: not a call of the kernel for each step. */
        const uint64_t ahead = (size + size / 4) & -PAGE;
        if (size > entry->open)
            (void)set_open(entry, start, ahead < most ? ahead : most);
        done = set_size(entry, start, size);
    }
    lock_give(&HEAP->large_lock);
    return done;
}

bool large_move(void *from, void *to, size_t size)
{
    size = (size + PAGE - 1) & -PAGE;
    return kernel_move((uint64_t)from, (uint64_t)to, size) == 0;
}

bool large_trim(void)
{
    bool any = false;
    lock_take(&HEAP->large_lock);
    for (unsigned class = 0; class < LARGE_CLASSES; class ++) {
        for (uint32_t next = HEAP->large[class].free; next != 0;) {
            struct large *entry = large_entry(class, next - 1);
            any |= entry->open != 0 && set_open(entry, slot_start(class, next - 1), 0);
            next = entry->next;
        }
    }
    lock_give(&HEAP->large_lock);
    return any;
}
