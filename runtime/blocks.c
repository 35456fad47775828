/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Allocates blocks; see blocks.h. */
#include "blocks.h"

#include <string.h>

#include "regions.h"

static void link_page(struct heap_view *heap, uint32_t number)
{
    struct heap_page *page = &heap->pages[number];
    uint32_t *first = &heap->head->partial[page->class];
    page->previous = 0;
    page->next = *first;
    if (*first != 0)
        heap->pages[*first - 1].previous = number + 1;
    *first = number + 1;
}

static void unlink_page(struct heap_view *heap, uint32_t number)
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
static bool take_pages(struct heap_view *heap, uint64_t count, uint32_t *number)
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

static void give_pages(struct heap_view *heap, uint32_t number, uint64_t count)
{
    memset(&heap->pages[number], 0, count * sizeof *heap->pages);
    if (number < heap->head->first_free)
        heap->head->first_free = number;
}

static void *page_address(const struct heap_view *heap, uint32_t number)
{
    return (void *)(heap->start + number * PAGE);
}

static void *allocate_large(struct heap_view *heap, uint64_t count)
{
    uint32_t number;
    if (!take_pages(heap, count, &number))
        return NULL;
    for (uint64_t i = 0; i < count; i++)
        heap->pages[number + i].state = i == 0 ? PAGE_RUN : PAGE_REST;
    heap->pages[number].run = (uint32_t)count;
    return page_address(heap, number);
}

static void *allocate_small(struct heap_view *heap, unsigned class)
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

void *block_allocate(struct heap_view *heap, size_t size)
{
    if (size <= SMALL_LARGEST)
        return allocate_small(heap, class_of_size(size));
    /* More than there can be, without running over. */
    const uint64_t count = size / PAGE + (size % PAGE != 0);
    return count <= heap->head->pages ? allocate_large(heap, count) : NULL;
}

bool block_find(const struct heap_view *heap, const void *pointer, struct block *block)
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

void block_release(struct heap_view *heap, void *pointer, const struct block *block)
{
    struct heap_page *page = &heap->pages[block->number];
    region_clear(pointer, block->size);
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

bool block_resize(struct heap_view *heap, void *pointer, const struct block *block, size_t size)
{
    if (size <= SMALL_LARGEST)
        return block->size == heap_classes[class_of_size(size)].size;
    const uint64_t count = size / PAGE + (size % PAGE != 0);
    if (heap->pages[block->number].state != PAGE_RUN || count * PAGE > block->size)
        return false;
    if (count * PAGE < block->size) {
        region_clear((char *)pointer + count * PAGE, block->size - count * PAGE);
        give_pages(heap, block->number + (uint32_t)count, block->size / PAGE - count);
        heap->pages[block->number].run = (uint32_t)count;
    }
    return true;
}

void *block_move(struct heap_view *heap, void *pointer, const struct block *block, size_t size)
{
    void *moved = block_allocate(heap, size);
    if (moved == NULL)
        return NULL;
    region_copy(moved, pointer, block->size < size ? block->size : size);
    block_release(heap, pointer, block);
    return moved;
}
