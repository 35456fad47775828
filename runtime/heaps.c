/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Allocators inside safe regions, see saferegion_heap_create() in memsentry-runtime.h. Small
 * blocks are slots of a page of their size class, large ones are runs of pages. All that is
 * remembered lies in tables at places that follow from the region's; blocks hold nothing of it,
 * and what they hold is touched by the operations of the backend only.
 */
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "backends/backend.h"
#include "die.h"
#include "fail.h"
#include "kernel.h"
#include "malloc/classes.h"
#include "memsentry-runtime.h"
#include "regions.h"
#include "report.h"
#include "start.h"
#include "visibility.h"

/* Classes of which at least two slots fit a page. */
#define SMALL_CLASSES 24
#define SMALL_LARGEST 2048
/* What is given back to the kernel instead of being overwritten. */
#define DISCARD_LEAST (64 * MEMSENTRY_KIB)

/* Zeroes: free. */
enum page_state { PAGE_FREE, PAGE_SLOTS, PAGE_RUN, PAGE_REST };

struct heap_page {
    uint32_t next, previous; /* page number + 1, of those of the class with free slots */
    uint32_t run;            /* pages, of a block that starts here */
    uint16_t free;           /* slots */
    uint8_t state;
    uint8_t class;
    uint64_t used[4]; /* a bit for each slot */
    uint64_t unused[2];
};

struct heap_head {
    uint64_t pages;
    uint64_t top;        /* no page from here on was ever used */
    uint64_t first_free; /* no page below is free */
    uint32_t partial[SMALL_CLASSES];
};

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
static_assert(sizeof(struct heap_page) == 64, "entries share few lines");
static_assert(CLASS_SIZE(SMALL_CLASSES - 1) == SMALL_LARGEST, "the last small class");
static_assert(PAGE / CLASS_SIZE(0) <= 8 * sizeof((struct heap_page){0}.used),
              "there is a bit for each slot");

/* A heap in use: the domain is open and the lock is held. */
struct view {
    uint64_t start;
    struct heap_head *head;
    struct heap_page *pages;
};

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
static bool view(const saferegion_heap *heap, struct view *view)
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

static void find_heap(const saferegion_heap *heap, struct view *found)
{
    if (view(heap, found))
        return;
    unlock();
    die("a region heap that saferegion_heap_create did not return, or that was destroyed");
}

static void clear(void *start, size_t size)
{
    const struct backend *backend = CONFIG->backend;
    if (backend->clear != NULL)
        backend->clear(start, size);
    else if (size < DISCARD_LEAST || kernel_advise((uint64_t)start, size, MADV_DONTNEED) != 0)
        memset(start, 0, size);
}

static void copy(void *to, const void *from, size_t size)
{
    const struct backend *backend = CONFIG->backend;
    if (backend->copy != NULL)
        backend->copy(to, from, size);
    else
        memcpy(to, from, size);
}

static void link_page(struct view *heap, uint32_t number)
{
    struct heap_page *page = &heap->pages[number];
    uint32_t *first = &heap->head->partial[page->class];
    page->previous = 0;
    page->next = *first;
    if (*first != 0)
        heap->pages[*first - 1].previous = number + 1;
    *first = number + 1;
}

static void unlink_page(struct view *heap, uint32_t number)
{
    struct heap_page *page = &heap->pages[number];
    if (page->previous != 0)
        heap->pages[page->previous - 1].next = page->next;
    else
        heap->head->partial[page->class] = page->next;
    if (page->next != 0)
        heap->pages[page->next - 1].previous = page->previous;
}

/* The first of `count` free pages in a row; false when there are none. */
static bool take_pages(struct view *heap, uint64_t count, uint32_t *number)
{
    struct heap_head *head = heap->head;
    uint64_t at = head->first_free, found = 0;
    while (found < count && at < head->pages) {
        if (at >= head->top || heap->pages[at].state == PAGE_FREE) {
            found++;
            at++;
            continue;
        }
        at += heap->pages[at].state == PAGE_RUN ? heap->pages[at].run : 1;
        found = 0;
    }
    if (found < count)
        return false;
    *number = (uint32_t)(at - count);
    if (at > head->top)
        head->top = at;
    if (*number == head->first_free)
        head->first_free = at;
    return true;
}

static void give_pages(struct view *heap, uint32_t number, uint64_t count)
{
    memset(&heap->pages[number], 0, count * sizeof *heap->pages);
    if (number < heap->head->first_free)
        heap->head->first_free = number;
}

static void *page_address(const struct view *heap, uint32_t number)
{
    return (void *)(heap->start + number * PAGE);
}

static void *allocate_large(struct view *heap, uint64_t count)
{
    uint32_t number;
    if (!take_pages(heap, count, &number))
        return NULL;
    for (uint64_t i = 0; i < count; i++)
        heap->pages[number + i].state = i == 0 ? PAGE_RUN : PAGE_REST;
    heap->pages[number].run = (uint32_t)count;
    return page_address(heap, number);
}

static void *allocate_small(struct view *heap, unsigned class)
{
    uint32_t number = heap->head->partial[class];
    if (number != 0) {
        number--;
    } else {
        if (!take_pages(heap, 1, &number))
            return NULL;
        heap->pages[number].state = PAGE_SLOTS;
        heap->pages[number].class = (uint8_t) class;
        heap->pages[number].free = (uint16_t)(PAGE / heap_classes[class].size);
        link_page(heap, number);
    }
    struct heap_page *page = &heap->pages[number];
    unsigned word = 0;
    while (page->used[word] == UINT64_MAX)
        word++;
    const unsigned bit = (unsigned)__builtin_ctzll(~page->used[word]);
    page->used[word] |= UINT64_C(1) << bit;
    if (--page->free == 0)
        unlink_page(heap, number);
    return (char *)page_address(heap, number) + (word * 64 + bit) * heap_classes[class].size;
}

static void *allocate(struct view *heap, size_t size)
{
    if (size <= SMALL_LARGEST)
        return allocate_small(heap, class_of_size(size));
    /* More than there can be, without running over. */
    const uint64_t count = size / PAGE + (size % PAGE != 0);
    return count <= heap->head->pages ? allocate_large(heap, count) : NULL;
}

/* A block in use. */
struct block {
    uint32_t number; /* of its page */
    uint32_t slot;
    size_t size;
};

static bool find_block(const struct view *heap, const void *pointer, struct block *block)
{
    const uint64_t offset = (uint64_t)pointer - heap->start;
    if (offset / PAGE >= heap->head->top)
        return false;
    block->number = (uint32_t)(offset / PAGE);
    block->slot = 0;
    const struct heap_page *page = &heap->pages[block->number];
    if (page->state == PAGE_RUN) {
        block->size = page->run * PAGE;
        return offset % PAGE == 0;
    }
    if (page->state != PAGE_SLOTS)
        return false;
    block->size = heap_classes[page->class].size;
    block->slot = (uint32_t)(offset % PAGE / block->size);
    return offset % PAGE % block->size == 0 && block->slot < PAGE / block->size &&
           (page->used[block->slot / 64] >> block->slot % 64 & 1) != 0;
}

static void release(struct view *heap, void *pointer, const struct block *block)
{
    struct heap_page *page = &heap->pages[block->number];
    clear(pointer, block->size);
    if (page->state == PAGE_RUN) {
        give_pages(heap, block->number, page->run);
        return;
    }
    page->used[block->slot / 64] &= ~(UINT64_C(1) << block->slot % 64);
    if (page->free++ == 0)
        link_page(heap, block->number);
    if (page->free == PAGE / block->size) {
        unlink_page(heap, block->number);
        give_pages(heap, block->number, 1);
    }
}

/* Whether the block could be made to have that size where it is. */
static bool resize(struct view *heap, void *pointer, const struct block *block, size_t size)
{
    if (size <= SMALL_LARGEST)
        return block->size == heap_classes[class_of_size(size)].size;
    const uint64_t count = size / PAGE + (size % PAGE != 0);
    if (heap->pages[block->number].state != PAGE_RUN || count * PAGE > block->size)
        return false;
    if (count * PAGE < block->size) {
        clear((char *)pointer + count * PAGE, block->size - count * PAGE);
        give_pages(heap, block->number + (uint32_t)count, block->size / PAGE - count);
        heap->pages[block->number].run = (uint32_t)count;
    }
    return true;
}

static void *move(struct view *heap, void *pointer, const struct block *block, size_t size)
{
    void *moved = allocate(heap, size);
    if (moved == NULL)
        return NULL;
    copy(moved, pointer, block->size < size ? block->size : size);
    release(heap, pointer, block);
    return moved;
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
        struct view made;
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
    struct view view;
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
    struct view view;
    lock();
    find_heap(heap, &view);
    void *block = allocate(&view, size);
    unlock();
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

EXPORT void *saferegion_heap_calloc(saferegion_heap *heap, size_t count, size_t size)
{
    struct view view;
    size_t total;
    void *block = NULL;
    lock();
    find_heap(heap, &view);
    if (!__builtin_mul_overflow(count, size, &total))
        block = allocate(&view, total);
    /* Freed blocks hold zeroes, unless trusted code has written to them since. */
    if (block != NULL)
        clear(block, total);
    unlock();
    if (block == NULL)
        fail(ENOMEM);
    return block;
}

EXPORT void *saferegion_heap_realloc(saferegion_heap *heap, void *pointer, size_t size)
{
    struct view view;
    struct block block;
    if (pointer == NULL)
        return saferegion_heap_malloc(heap, size);
    if (size == 0) {
        saferegion_heap_free(heap, pointer);
        return NULL;
    }
    lock();
    find_heap(heap, &view);
    if (!find_block(&view, pointer, &block))
        report_bad("saferegion_heap_realloc", heap, pointer, __builtin_return_address(0));
    if (!resize(&view, pointer, &block, size))
        pointer = move(&view, pointer, &block, size);
    unlock();
    if (pointer == NULL)
        fail(ENOMEM);
    return pointer;
}

EXPORT void saferegion_heap_free(saferegion_heap *heap, void *pointer)
{
    struct view view;
    struct block block;
    if (pointer == NULL)
        return;
    lock();
    find_heap(heap, &view);
    if (!find_block(&view, pointer, &block))
        report_bad("saferegion_heap_free", heap, pointer, __builtin_return_address(0));
    release(&view, pointer, &block);
    unlock();
}

EXPORT size_t saferegion_heap_usable_size(saferegion_heap *heap, const void *pointer)
{
    struct view view;
    struct block block;
    if (pointer == NULL)
        return 0;
    lock();
    find_heap(heap, &view);
    if (!find_block(&view, pointer, &block))
        report_bad("saferegion_heap_usable_size", heap, pointer, __builtin_return_address(0));
    unlock();
    return block.size;
}
