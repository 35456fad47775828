/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* saferegion_alloc and its relatives; see regions.h. */
#include "regions.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "backends/backend.h"
#include "die.h"
#include "fail.h"
#include "kernel.h"
#include "memsentry-runtime.h"
#include "start.h"
#include "visibility.h"

/* A slot: guard page, region, guard page, room that nothing is put into. */
#define GUARDS (2 * PAGE)
/* What is given back to the kernel instead of being overwritten. */
#define DISCARD_LEAST (64 * MEMSENTRY_KIB)

static uint64_t class_start(int class)
{
    return MEMSENTRY_REGIONS_START + (uint64_t) class * REGION_CLASS_SPAN;
}

static uint64_t slots_of_class(int class)
{
    return REGION_CLASS_SPAN / REGION_SLOT_SIZE(class);
}

/* Regions are numbered one after the other; the slots that they get need not be. */
static uint64_t slot_of_region(int class, uint64_t index)
{
    const struct placement *placement = &CONFIG->placement;
    return (index * (2 * placement->half_factor + 1) + placement->offset) &
           (slots_of_class(class) - 1);
}

static uint64_t region_of_slot(int class, uint64_t slot)
{
    const struct placement *placement = &CONFIG->placement;
    return ((slot - placement->offset) * (2 * placement->half_inverse + 1)) &
           (slots_of_class(class) - 1);
}

static uint64_t region_start(int class, uint64_t index)
{
    return class_start(class) + slot_of_region(class, index) * REGION_SLOT_SIZE(class) + PAGE;
}

/*
 * Class and number of the region of an address; false when no region there was ever used. The
 * tables must be open.
 */
static bool locate(uint64_t address, int *class, uint64_t *index)
{
    if (address < MEMSENTRY_REGIONS_START ||
        address >= MEMSENTRY_REGIONS_START + REGION_CLASSES * REGION_CLASS_SPAN)
        return false;
    *class = (int)((address - MEMSENTRY_REGIONS_START) / REGION_CLASS_SPAN);
    *index = region_of_slot(*class, (address - class_start(*class)) / REGION_SLOT_SIZE(*class));
    return *index < CONTROL->regions[*class].fresh;
}

bool region_name(uint64_t address, char name[32])
{
    int class;
    uint64_t index;
    backend_enter();
    const bool found = locate(address, &class, &index) && REGION_TABLE(class)[index].size != 0;
    if (found)
        memcpy(name, REGION_TABLE(class)[index].name, 32);
    backend_leave();
    return found;
}

/* The entry of a slot, made writable where mprotect hands memory out. */
static struct region_entry *open_entry(int class, uint64_t index)
{
    struct region_entry *entry = &REGION_TABLE(class)[index];
    uint64_t first = (uint64_t)entry & -PAGE;
    uint64_t last = ((uint64_t)(entry + 1) - 1) & -PAGE;
    return arena_open(first, last - first + PAGE) == 0 ? entry : NULL;
}

void region_clear(void *start, size_t size)
{
    if (size < DISCARD_LEAST || kernel_advise((uint64_t)start, size, MADV_DONTNEED) != 0)
        memset(start, 0, size);
}

void region_copy(void *to, const void *from, size_t size)
{
    const struct backend *backend = CONFIG->backend;
    if (backend->copy != NULL)
        backend->copy(to, from, size);
    else
        memcpy(to, from, size);
}

/* Under the lock. */
static void *allocate(int class, uint64_t size, const char name[32])
{
    struct region_pool *pool = &CONTROL->regions[class];
    uint64_t index;
    struct region_entry *entry;
    if (pool->free != 0) {
        index = pool->free - 1;
        entry = &REGION_TABLE(class)[index];
        pool->free = entry->next;
    } else {
        index = pool->fresh;
        if (index >= slots_of_class(class) || (entry = open_entry(class, index)) == NULL)
            return NULL;
        pool->fresh++;
    }
    const uint64_t start = region_start(class, index);
    if (arena_guard(start - PAGE, PAGE) != 0 || arena_open(start, size) != 0 ||
        arena_guard(start + size, PAGE) != 0) {
        entry->next = pool->free;
        pool->free = index + 1;
        return NULL;
    }
    entry->size = size;
    entry->heap = false;
    memcpy(entry->name, name, sizeof entry->name);
    return (void *)start;
}

bool region_copy_name(const char *from, char name[32])
{
    memset(name, 0, 32);
    if (from == NULL)
        return false;
    for (int i = 0; i < 32; i++) {
        name[i] = from[i];
        if (name[i] == '\0')
            return true;
    }
    return false;
}

void *region_allocate(size_t size, const char name[32])
{
    int class = 0;
    while (class < REGION_CLASSES && REGION_SLOT_SIZE(class) - GUARDS < size)
        class ++;
    if (class == REGION_CLASSES)
        return NULL;
    pthread_mutex_lock(&CONTROL->regions_lock);
    void *region = allocate(class, (size + PAGE - 1) & -PAGE, name);
    pthread_mutex_unlock(&CONTROL->regions_lock);
    return region;
}

struct region_entry *region_at(const void *region, int *class, uint64_t *index)
{
    const uint64_t start = (uint64_t)region;
    if (!locate(start, class, index) || start != region_start(*class, *index))
        return NULL;
    return &REGION_TABLE(*class)[*index];
}

/* Under the lock. NULL, or what is wrong. */
static const char *release(uint64_t start, bool heap)
{
    int class;
    uint64_t index;
    struct region_entry *entry = region_at((void *)start, &class, &index);
    if (entry == NULL)
        return "saferegion_free of a pointer that saferegion_alloc did not return";
    const uint64_t size = entry->size;
    if (size == 0)
        return "saferegion_free of a region that was freed before";
    if (entry->heap != heap)
        return "saferegion_free of a region that saferegion_heap_create made";
    entry->size = 0;
    if (arena_unguard(start + size, PAGE) != 0)
        return "a guard page of a safe region cannot be removed";
    arena_discard(start, size);
    if (CONFIG->arena_mode == ARENA_PROTECT && arena_guard(start, size + PAGE) != 0)
        return "a freed safe region cannot be closed";
    entry->next = CONTROL->regions[class].free;
    CONTROL->regions[class].free = index + 1;
    return NULL;
}

const char *region_release(void *region, bool heap)
{
    pthread_mutex_lock(&CONTROL->regions_lock);
    const char *error = release((uint64_t)region, heap);
    pthread_mutex_unlock(&CONTROL->regions_lock);
    return error;
}

EXPORT void *saferegion_alloc_named(size_t size, const char *name)
{
    runtime_ensure_started();
    /* Before the domain is open: else a caller could have a region's bytes as a name. */
    char copy[32];
    if (size == 0 || !region_copy_name(name, copy)) {
        fail(EINVAL);
        return NULL;
    }
    backend_enter();
    void *region = region_allocate(size, copy);
    backend_leave();
    if (region == NULL)
        fail(ENOMEM);
    return region;
}

EXPORT void *saferegion_alloc(size_t size)
{
    return saferegion_alloc_named(size, "region");
}

EXPORT void saferegion_free(void *region)
{
    if (region == NULL)
        return;
    runtime_ensure_started();
    backend_enter();
    const char *error = region_release(region, false);
    backend_leave();
    if (error != NULL)
        die(error);
}

/* Whether [start, start + size) lies in one region that is in use. */
static bool is_within(uint64_t start, size_t size)
{
    int class;
    uint64_t index;
    if (!locate(start, &class, &index))
        return false;
    const uint64_t first = region_start(class, index), used = REGION_TABLE(class)[index].size;
    return start >= first && start - first <= used && size <= used - (start - first);
}

/*
 * The other side is no region, nor a table: with the domain open it could be one. Locals of
 * code that is not instrumented lie on safe stacks; of code that is, the compiler checks the
 * pointer.
 */
static bool is_other_side(uint64_t address, size_t size)
{
    return address >= MEMSENTRY_SPLIT ||
           (CONFIG->safe_stacks && address >= MEMSENTRY_STACKS_START &&
            address < MEMSENTRY_STACKS_END && size <= MEMSENTRY_STACKS_END - address);
}

static int copy(uint64_t region, uint64_t ordinary, size_t size, void *to, const void *from)
{
    if (!is_other_side(ordinary, size) || size > MEMSENTRY_GUARD_REACH)
        return size == 0 ? 0 : -EFAULT;
    backend_enter();
    const bool within = is_within(region, size);
    if (within)
        region_copy(to, from, size);
    backend_leave();
    return within ? 0 : -EINVAL;
}

EXPORT int saferegion_read(void *to, const void *region, size_t size)
{
    return copy((uint64_t)region, (uint64_t)to, size, to, region);
}

EXPORT int saferegion_write(void *region, const void *from, size_t size)
{
    return copy((uint64_t)region, (uint64_t)from, size, region, from);
}
