/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The allocator of heaps in regions, on ordinary memory. */
#include "blocks.h"

#include <criterion/criterion.h>
#include <string.h>

#include "regions.h"

enum { PAGES = 64, LIVE = 200, STEPS = 50000 };

static alignas(4096) unsigned char memory[PAGES * 4096];
static struct heap_page pages[PAGES];
static struct heap_head head;
static struct heap_view heap;

/* What the backend does for the runtime. */
void region_clear(void *start, size_t size)
{
    memset(start, 0, size);
}

void region_copy(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
}

static void start(void)
{
    memset(memory, 0, sizeof memory);
    memset(pages, 0, sizeof pages);
    head = (struct heap_head){.pages = PAGES};
    heap = (struct heap_view){.start = (uint64_t)memory, .head = &head, .pages = pages};
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static bool all(const unsigned char *block, size_t size, unsigned char value)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != value)
            return false;
    return true;
}

Test(blocks, random_use)
{
    static unsigned char *blocks[LIVE];
    static size_t sizes[LIVE];
    uint32_t state = 1;
    struct block block;
    size_t refused = 0;
    start();
    for (int step = 0; step < STEPS; step++) {
        const uint32_t at = next(&state) % LIVE;
        const unsigned char mark = (unsigned char)(at + 1);
        const size_t size = next(&state) % (next(&state) % 8 == 0 ? 9000 : 700);
        if (blocks[at] == NULL) {
            blocks[at] = block_allocate(&heap, size);
            refused += blocks[at] == NULL;
        } else {
            cr_assert(block_find(&heap, blocks[at], &block));
            cr_assert(block.size >= sizes[at] && all(blocks[at], sizes[at], mark));
            if (next(&state) % 3 != 0) {
                block_release(&heap, blocks[at], &block);
                cr_assert(all(blocks[at], block.size, 0));
                cr_assert(!block_find(&heap, blocks[at], &block));
                blocks[at] = NULL;
                continue;
            }
            const size_t kept = size < sizes[at] ? size : sizes[at];
            if (!block_resize(&heap, blocks[at], &block, size)) {
                unsigned char *moved = block_move(&heap, blocks[at], &block, size);
                if (moved == NULL) {
                    refused++;
                    continue;
                }
                blocks[at] = moved;
            }
            cr_assert(all(blocks[at], kept, mark));
        }
        if (blocks[at] != NULL) {
            sizes[at] = size;
            memset(blocks[at], mark, size);
        }
    }
    /* It was full at times, and all of it comes back. */
    cr_assert(refused != 0);
    for (int i = 0; i < LIVE; i++)
        if (blocks[i] != NULL && block_find(&heap, blocks[i], &block))
            block_release(&heap, blocks[i], &block);
    cr_assert(all(memory, sizeof memory, 0));
    cr_assert(block_allocate(&heap, sizeof memory) == memory);
}

Test(blocks, only_starts_of_blocks)
{
    struct block block;
    start();
    unsigned char *small = block_allocate(&heap, 48), *large = block_allocate(&heap, 10000);
    size_t found = 0;
    for (size_t i = 0; i < sizeof memory; i++)
        found += block_find(&heap, memory + i, &block);
    cr_assert(found == 2 && block_find(&heap, small, &block) && block.size == 48);
    cr_assert(block_find(&heap, large, &block) && block.size == 12288);
    /* Whatever the pointer is. */
    cr_assert(!block_find(&heap, NULL, &block));
    cr_assert(!block_find(&heap, memory - 16, &block));
    cr_assert(!block_find(&heap, memory + sizeof memory, &block));
    cr_assert(!block_find(&heap, (void *)UINT64_MAX, &block));
}

Test(blocks, sizes)
{
    start();
    cr_assert(block_allocate(&heap, SIZE_MAX) == NULL);
    cr_assert(block_allocate(&heap, sizeof memory + 1) == NULL);
    cr_assert(block_allocate(&heap, 0) != NULL);
    /* A page is in use. */
    cr_assert(block_allocate(&heap, sizeof memory) == NULL);
    cr_assert(block_allocate(&heap, sizeof memory - 4096) == memory + 4096);
    cr_assert(block_allocate(&heap, 4000) == NULL);
    cr_assert(block_allocate(&heap, 16) == memory + 16);
}
