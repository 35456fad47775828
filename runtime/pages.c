/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Opens and closes memory of the arenas; see arena.h. */
#include <sys/mman.h>

#include "arena.h"
#include "control.h"
#include "kernel.h"

int arena_open(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return 0;
    return kernel_protect(start, size, PROT_READ | PROT_WRITE);
}

int arena_guard(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return kernel_advise(start, size, KERNEL_MADV_GUARD_INSTALL);
    return kernel_protect(start, size, PROT_NONE);
}

int arena_unguard(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return kernel_advise(start, size, KERNEL_MADV_GUARD_REMOVE);
    return kernel_protect(start, size, PROT_READ | PROT_WRITE);
}

void arena_discard(uint64_t start, uint64_t size)
{
    (void)kernel_advise(start, size, MADV_DONTNEED);
}
