/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Opens and closes memory of the arenas; see arena.h. */
#include <sys/mman.h>

#include "arena.h"
#include "backends/backend.h"
#include "control.h"
#include "kernel.h"

static bool is_protected(uint64_t address)
{
    return (address >= MEMSENTRY_REGIONS_START && address < MEMSENTRY_REGIONS_END) ||
           (address >= PROTECTED_TABLES_START && address < PROTECTED_TABLES_END);
}

/* mprotect alone would take the backend's mark away, or leave memory without it. */
static int protect(uint64_t start, uint64_t size, int protection)
{
    /* A static executable has stacks before it has a backend. */
    const struct backend *backend = CONFIG->backend;
    if (backend != NULL && backend->protect != NULL && is_protected(start))
        return backend->protect(start, size, protection);
    return kernel_protect(start, size, protection);
}

int arena_mark(void)
{
    const uint64_t opened = MEMSENTRY_CONTROL_START + CONTROL_SIZE;
    const int rights =
        CONFIG->arena_mode == ARENA_GUARD_PAGES ? PROT_READ | PROT_WRITE : PROT_NONE;
    int error = protect(MEMSENTRY_REGIONS_START,
                        MEMSENTRY_REGIONS_END - MEMSENTRY_REGIONS_START, rights);
    if (error == 0)
        error = protect(opened, PROTECTED_TABLES_END - opened, rights);
    if (error == 0)
        error = protect(PROTECTED_TABLES_START, opened - PROTECTED_TABLES_START,
                        PROT_READ | PROT_WRITE);
    return error;
}

int arena_open(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return 0;
    return protect(start, size, PROT_READ | PROT_WRITE);
}

int arena_show(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return 0;
    return protect(start, size, PROT_READ);
}

int arena_guard(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return kernel_advise(start, size, KERNEL_MADV_GUARD_INSTALL);
    return protect(start, size, PROT_NONE);
}

int arena_unguard(uint64_t start, uint64_t size)
{
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        return kernel_advise(start, size, KERNEL_MADV_GUARD_REMOVE);
    return protect(start, size, PROT_READ | PROT_WRITE);
}

void arena_discard(uint64_t start, uint64_t size)
{
    (void)kernel_advise(start, size, MADV_DONTNEED);
}
