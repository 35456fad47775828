/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Numbers of blocks; see blocks.h. */
#include "blocks.h"

#include <stdlib.h>

#include <llvm-c/Core.h>

struct block_number {
    LLVMBasicBlockRef block;
    size_t number;
};

void *blocks_allocate(size_t count, size_t size)
{
    void *result = calloc(count ? count : 1, size);

    if (!result)
        abort();
    return result;
}

static int by_address(const void *left, const void *right)
{
    const struct block_number *a = left, *b = right;

    return (a->block > b->block) - (a->block < b->block);
}

void blocks_number(struct blocks *blocks, LLVMValueRef function)
{
    blocks->count = LLVMCountBasicBlocks(function);
    blocks->at = blocks_allocate(blocks->count, sizeof *blocks->at);
    blocks->sorted = blocks_allocate(blocks->count, sizeof *blocks->sorted);
    LLVMGetBasicBlocks(function, blocks->at);
    for (size_t i = 0; i < blocks->count; i++)
        blocks->sorted[i] = (struct block_number){blocks->at[i], i};
    qsort(blocks->sorted, blocks->count, sizeof *blocks->sorted, by_address);
}

void blocks_free(struct blocks *blocks)
{
    free(blocks->at);
    free(blocks->sorted);
}

size_t blocks_find(const struct blocks *blocks, LLVMBasicBlockRef block)
{
    struct block_number key = {.block = block};
    const struct block_number *found =
        bsearch(&key, blocks->sorted, blocks->count, sizeof key, by_address);

    return found->number;
}
