/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* saferegion_alloc and its relatives; see regions.h. */
#include "regions.h"

#include <string.h>

#include "arena.h"
#include "die.h"
#include "fail.h"
#include "memsentry-runtime.h"
#include "start.h"
#include "visibility.h"

/* A slot: guard page, region, guard page, room that nothing is put into. */
#define GUARDS (2 * PAGE)

static uint64_t class_start(int class)
{
    return MEMSENTRY_REGIONS_START + (uint64_t) class * REGION_CLASS_SPAN;
}

static uint64_t region_start(int class, uint64_t index)
{
    return class_start(class) + index * REGION_SLOT_SIZE(class) + PAGE;
}

/* Class and slot of an address of the arena; false when no slot there was ever used. */
static bool locate(uint64_t address, int *class, uint64_t *index)
{
    if (address < MEMSENTRY_REGIONS_START ||
        address >= MEMSENTRY_REGIONS_START + REGION_CLASSES * REGION_CLASS_SPAN)
        return false;
    *class = (int)((address - MEMSENTRY_REGIONS_START) / REGION_CLASS_SPAN);
    *index = (address - class_start(*class)) / REGION_SLOT_SIZE(*class);
    return *index < CONTROL->regions[*class].fresh;
}

bool region_name(uint64_t address, char name[32])
{
    int class;
    uint64_t index;
    if (!locate(address, &class, &index) || REGION_TABLE(class)[index].size == 0)
        return false;
    memcpy(name, REGION_TABLE(class)[index].name, 32);
    return true;
}

/* The entry of a slot, made writable where mprotect hands memory out. */
static struct region_entry *open_entry(int class, uint64_t index)
{
    struct region_entry *entry = &REGION_TABLE(class)[index];
    uint64_t first = (uint64_t)entry & -PAGE;
    uint64_t last = ((uint64_t)(entry + 1) - 1) & -PAGE;
    return arena_open(first, last - first + PAGE) == 0 ? entry : NULL;
}

/* Under the lock. */
static void *allocate(int class, uint64_t size, const char *name)
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
        if (index >= REGION_CLASS_SPAN / REGION_SLOT_SIZE(class) ||
            (entry = open_entry(class, index)) == NULL)
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
    memset(entry->name, 0, sizeof entry->name);
    memcpy(entry->name, name, strlen(name));
    return (void *)start;
}

EXPORT void *saferegion_alloc_named(size_t size, const char *name)
{
    runtime_ensure_started();
    if (size == 0 || name == NULL || strlen(name) >= sizeof((struct region_entry){0}).name) {
        fail(EINVAL);
        return NULL;
    }
    int class = 0;
    while (class < REGION_CLASSES && REGION_SLOT_SIZE(class) - GUARDS < size)
        class ++;
    void *region = NULL;
    if (class < REGION_CLASSES) {
        pthread_mutex_lock(&CONTROL->regions_lock);
        region = allocate(class, (size + PAGE - 1) & -PAGE, name);
        pthread_mutex_unlock(&CONTROL->regions_lock);
    }
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
    const uint64_t start = (uint64_t)region;
    int class;
    uint64_t index;
    if (!locate(start, &class, &index) || start != region_start(class, index))
        die("saferegion_free of a pointer that saferegion_alloc did not return");
    pthread_mutex_lock(&CONTROL->regions_lock);
    struct region_entry *entry = &REGION_TABLE(class)[index];
    const uint64_t size = entry->size;
    if (size == 0) {
        pthread_mutex_unlock(&CONTROL->regions_lock);
        die("saferegion_free of a region that was freed before");
    }
    entry->size = 0;
    if (arena_unguard(start + size, PAGE) != 0)
        die("a guard page of a safe region cannot be removed");
    arena_discard(start, size);
    if (CONFIG->arena_mode == ARENA_PROTECT && arena_guard(start, size + PAGE) != 0)
        die("a freed safe region cannot be closed");
    entry->next = CONTROL->regions[class].free;
    CONTROL->regions[class].free = index + 1;
    pthread_mutex_unlock(&CONTROL->regions_lock);
}
