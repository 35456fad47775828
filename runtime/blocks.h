/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The blocks of a heap in a safe region: small ones are slots of a page of their size class,
 * large ones are runs of pages. What is remembered lies apart from them. Whoever calls has
 * opened the domain and holds the lock; nothing here asks the kernel or the program.
 */
#ifndef RUNTIME_BLOCKS_H
#define RUNTIME_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"
#include "malloc/classes.h"

/* Classes of which at least two slots fit a page. */
#define SMALL_CLASSES 24
#define SMALL_LARGEST 2048
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

static_assert(sizeof(struct heap_page) == 64, "entries share few lines");
static_assert(CLASS_SIZE(SMALL_CLASSES - 1) == SMALL_LARGEST, "the last small class");
static_assert(PAGE / CLASS_SIZE(0) <= 8 * sizeof((struct heap_page){0}.used),
              "there is a bit for each slot");

struct heap_view {
    uint64_t start; /* of the first page */
    struct heap_head *head;
    struct heap_page *pages; /* an entry for each page */
};

/* A block in use. */
struct block {
    uint32_t number; /* of its page */
    uint32_t slot;
    size_t size;
};

/* NULL when there is no room. */
void *block_allocate(struct heap_view *heap, size_t size);
/* False when no block in use starts there. Takes any pointer. */
bool block_find(const struct heap_view *heap, const void *pointer, struct block *block);
/* Overwrites the block with zeroes. */
void block_release(struct heap_view *heap, void *pointer, const struct block *block);
/* Gives the block that size where it is; false when that cannot be. */
bool block_resize(struct heap_view *heap, void *pointer, const struct block *block,
                  size_t size);
/* Gives it that size elsewhere; NULL when there is no room, and then nothing has changed. */
void *block_move(struct heap_view *heap, void *pointer, const struct block *block, size_t size);

#endif
