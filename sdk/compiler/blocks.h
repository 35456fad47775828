/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Numbers the blocks of a function in their order, which LLVM-C does not. */
#ifndef MEMSENTRY_BLOCKS_H
#define MEMSENTRY_BLOCKS_H

#include <stddef.h>

#include <llvm-c/Types.h>

struct blocks {
    size_t count;
    LLVMBasicBlockRef *at;
    struct block_number *sorted; /* by address */
};

/* Holds as long as no block comes or goes. The caller calls blocks_free(). */
void blocks_number(struct blocks *blocks, LLVMValueRef function);
void blocks_free(struct blocks *blocks);

size_t blocks_find(const struct blocks *blocks, LLVMBasicBlockRef block);

/* Zeroed memory; ends the process when there is none, as LLVM does. */
void *blocks_allocate(size_t count, size_t size);

#endif
