/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Allocators inside safe regions, see saferegion_heap_create() in memsentry-runtime.h. Small
 * blocks are slots of a page of their size class, large ones are runs of pages. All that is
 * remembered lies in tables at places that follow from the region's; blocks hold nothing of it,
 * and what they hold is touched by the operations of the backend only.
 */
#include <string.h>

#include "arena.h"
#include "backends/backend.h"
#include "blocks.h"
#include "die.h"
#include "fail.h"
#include "memsentry-runtime.h"
#include "regions.h"
#include "report.h"
#include "start.h"
#include "visibility.h"

/* Tables: a head for each region, an entry for each page of the arena; touched on use. */
#define HEADS_START (MEMSENTRY_CONTROL_START + 128 * MEMSENTRY_MIB * 1024)
#define HEAD_STRIDE UINT64_C(256)
#define HEADS_SPAN (REGION_CLASS_SPAN / REGION_SLOT_SIZE(0) * HEAD_STRIDE)
#define PAGES_START (HEADS_START + 64 * MEMSENTRY_MIB * 1024)
#define PAGES_END                                                                              \
    (PAGES_START +                                                                             \
     (MEMSENTRY_REGIONS_END - MEMSENTRY_REGIONS_START) / PAGE * sizeof(struct heap_page))

static_assert(sizeof(struct heap_head) <= HEAD_STRIDE, "a head fits");
static_assert(HEADS_START >= REGION_TABLE_START + REGION_CLASSES * REGION_TABLE_SPAN &&
                  HEADS_START + REGION_CLASSES * HEADS_SPAN <= PAGES_START &&
                  PAGES_END <= PROTECTED_TABLES_END,
              "the tables lie apart");

static void lock(void)
{
    runtime_ensure_started();
    backend_enter();
    pthread_mutex_lock(&CONTROL->heaps_lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&CONTROL->heaps_lock);
    backend_leave();
}

/* False when no heap starts there. */
static bool view(const saferegion_heap *heap, struct heap_view *view)
{
    int class;
    uint64_t index;
    const struct region_entry *entry = region_at(heap, &class, &index);
    if (entry == NULL || entry->size == 0 || !entry->heap)
        return false;
    view->start = (uint64_t)heap;
    view->head =
        (struct heap_head *)(HEADS_START + (uint64_t) class * HEADS_SPAN + index * HEAD_STRIDE);
    view->pages =
        (struct heap_page *)PAGES_START + (view->start - MEMSENTRY_REGIONS_START) / PAGE;
    return true;
}

/* With the lock, which is given up. */
static _Noreturn void report_bad(const char *call, const saferegion_heap *heap,
                                 const void *block, const void *pc)
{
    unlock();
    char name[32];
    struct text text = {0};
    report_begin(&text);
    text_put(&text, call);
    text_put(&text, " of ");
    text_put_hex(&text, (uint64_t)block, 12);
    text_put(&text, ", which is not allocated in the region heap \"");
    text_put(&text, region_name((uint64_t)heap, name) ? name : "");
    text_put(&text, "\"");
    report_end(&text, (uint64_t)pc, "bad-free");
    die_silently();
}

static void find_heap(const saferegion_heap *heap, struct heap_view *found)
{
    if (view(heap, found))
        return;
    unlock();
    die("a region heap that saferegion_heap_create did not return, or that was destroyed");
}

EXPORT saferegion_heap *saferegion_heap_create(size_t size, const char *name)
{
    runtime_ensure_started();
    char known[32];
    if (size == 0 || !region_copy_name(name, known)) {
        fail(EINVAL);
        return NULL;
    }
    lock();
    saferegion_heap *heap = region_allocate(size, known);
    if (heap != NULL) {
        int class;
        uint64_t index;
        struct region_entry *entry = region_at(heap, &class, &index);
        struct heap_view made;
        entry->heap = true;
        (void)view(heap, &made);
        const uint64_t pages = entry->size / PAGE;
        const uint64_t low = (uint64_t)made.head & -PAGE, table = (uint64_t)made.pages & -PAGE;
        if (arena_open(low, PAGE) == 0 &&
            arena_open(table, ((uint64_t)(made.pages + pages) + PAGE - 1 - table) & -PAGE) ==
                0) {
            made.head->pages = pages;
        } else {
            (void)region_release(heap, true);
            heap = NULL;
        }
    }
    unlock();
    if (heap == NULL)
        fail(ENOMEM);
    return heap;
}

EXPORT void saferegion_heap_destroy(saferegion_heap *heap)
{
    if (heap == NULL)
        return;
    struct heap_view view;
    lock();
    find_heap(heap, &view);
    memset(view.pages, 0, view.head->top * sizeof *view.pages);
    memset(view.head, 0, sizeof *view.head);
    const char *error = region_release(heap, true);
    unlock();
    if (error != NULL)
        die(error);
}

EXPORT void *saferegion_heap_malloc(saferegion_heap *heap, size_t size)
{
    struct heap_view view;
    lock();
    find_heap(heap, &view);
    void *block = block_allocate(&view, size);
    unlock();
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

EXPORT void *saferegion_heap_calloc(saferegion_heap *heap, size_t count, size_t size)
{
    struct heap_view view;
    size_t total;
    void *block = NULL;
    lock();
    find_heap(heap, &view);
    if (!__builtin_mul_overflow(count, size, &total))
        block = block_allocate(&view, total);
    /* Freed blocks hold zeroes, unless trusted code has written to them since. */
    if (block != NULL)
        region_clear(block, total);
    unlock();
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

EXPORT void *saferegion_heap_realloc(saferegion_heap *heap, void *pointer, size_t size)
{
    struct heap_view view;
    struct block block;
    if (pointer == NULL)
        return saferegion_heap_malloc(heap, size);
    if (size == 0) {
        saferegion_heap_free(heap, pointer);
        return NULL;
    }
    lock();
    find_heap(heap, &view);
    if (!block_find(&view, pointer, &block))
        report_bad("saferegion_heap_realloc", heap, pointer, __builtin_return_address(0));
    if (!block_resize(&view, pointer, &block, size))
        pointer = block_move(&view, pointer, &block, size);
    unlock();
    if (pointer == NULL)
        fail(ENOMEM);
    return pointer;
}

EXPORT void saferegion_heap_free(saferegion_heap *heap, void *pointer)
{
    struct heap_view view;
    struct block block;
    if (pointer == NULL)
        return;
    lock();
    find_heap(heap, &view);
    if (!block_find(&view, pointer, &block))
        report_bad("saferegion_heap_free", heap, pointer, __builtin_return_address(0));
    block_release(&view, pointer, &block);
    unlock();
}

EXPORT size_t saferegion_heap_usable_size(saferegion_heap *heap, const void *pointer)
{
    struct heap_view view;
    struct block block;
    if (pointer == NULL)
        return 0;
    lock();
    find_heap(heap, &view);
    if (!block_find(&view, pointer, &block))
        report_bad("saferegion_heap_usable_size", heap, pointer, __builtin_return_address(0));
    unlock();
    return block.size;
}
