/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mlockall: the kernel's would read in the arenas, terabytes that nobody uses. Ours locks the
 * program, and of the safe stacks what is touched.
 */
#include <sys/mman.h>

#include "fail.h"
#include "interpose.h"
#include "kernel.h"
#include "maps.h"
#include "stacks.h"
#include "start.h"

struct locking {
    int flags;
    int error;
};

static bool lock_mapping(const struct mapping *mapping, void *closure)
{
    struct locking *locking = closure;
    /* Mappings without access have nothing to lock; brackets: the vdso and its like. */
    if (mapping->start < MEMSENTRY_SPLIT || !mapping->readable ||
        (mapping->path[0] == '[' && mapping->path[1] == 'v'))
        return false;
    const uint64_t size = mapping->end - mapping->start;
    locking->error = (locking->flags & MCL_ONFAULT) != 0
                         ? kernel_lock_on_fault(mapping->start, size)
                         : kernel_lock(mapping->start, size);
    return locking->error != 0;
}

static int lock_future(int flags)
{
    int error = kernel_lock_all(flags);
    return error != 0 ? fail(-error) : 0;
}

INTERPOSE(int, mlockall, int flags)
{
    runtime_ensure_started();
    if ((flags & MCL_CURRENT) == 0)
        return lock_future(flags);
    struct locking locking = {.flags = flags};
    maps_find(lock_mapping, &locking);
    if (locking.error == 0)
        locking.error = stacks_lock();
    if (locking.error != 0)
        return fail(-locking.error);
    return (flags & MCL_FUTURE) != 0 ? lock_future(flags & ~MCL_CURRENT) : 0;
}
