/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What libc offers to change mappings and protection keys, for code that is not instrumented
 * and for kernels without mseal: the lower half and the key of the regions stay as they are.
 * Bare system calls are out of reach.
 */
#include <stdarg.h>
#include <sys/mman.h>

#include "backends/backend.h"
#include "fail.h"
#include "interpose.h"
#include "kernel.h"
#include "log.h"
#include "start.h"

/* The bottom guard is anybody's. */
static bool is_ours(const void *address, size_t length)
{
    const uint64_t start = (uint64_t)address;
    return start < MEMSENTRY_SPLIT && length != 0 &&
           (start >= MEMSENTRY_MIRROR_START || length > MEMSENTRY_MIRROR_START - start);
}

static int result_of(long result)
{
    return result < 0 ? fail((int)-result) : 0;
}

static void *address_of(long result)
{
    if (result < 0 && result > -4096) {
        fail((int)-result);
        return MAP_FAILED;
    }
    return (void *)result;
}

INTERPOSE(int, mprotect, void *address, size_t length, int protection)
{
    if (is_ours(address, length))
        return fail(EPERM);
    return result_of(kernel_protect((uint64_t)address, length, protection));
}

INTERPOSE(int, munmap, void *address, size_t length)
{
    if (is_ours(address, length))
        return fail(EPERM);
    return result_of(kernel_unmap((uint64_t)address, length));
}

INTERPOSE(int, madvise, void *address, size_t length, int advice)
{
    if (is_ours(address, length))
        return fail(EPERM);
    return result_of(kernel_advise((uint64_t)address, length, advice));
}

INTERPOSE(void *, mmap, void *address, size_t length, int protection, int flags, int file,
          off_t offset)
{
    if ((flags & MAP_FIXED) != 0 && is_ours(address, length)) {
        fail(EPERM);
        return MAP_FAILED;
    }
    return address_of(kernel_mmap(address, length, protection, flags, file, offset));
}

INTERPOSE(void *, mmap64, void *address, size_t length, int protection, int flags, int file,
          off_t offset)
{
    return our_mmap(address, length, protection, flags, file, offset);
}

INTERPOSE(void *, mremap, void *old, size_t old_length, size_t length, int flags, ...)
{
    void *address = NULL;
    if ((flags & MREMAP_FIXED) != 0) {
        va_list list;
        va_start(list, flags);
        address = va_arg(list, void *);
        va_end(list);
    }
    /* No length at all makes a second mapping of what is there. */
    if (is_ours(old, old_length != 0 ? old_length : 1) ||
        ((flags & MREMAP_FIXED) != 0 && is_ours(address, length))) {
        fail(EPERM);
        return MAP_FAILED;
    }
    return address_of(kernel_mremap(old, old_length, length, flags, address));
}

INTERPOSE(int, pkey_mprotect, void *address, size_t length, int protection, int key)
{
    runtime_ensure_started();
    if (is_ours(address, length))
        return fail(EPERM);
    if (key > 0 && key == CONFIG->key)
        return fail(EINVAL);
    return result_of(kernel_protect_key((uint64_t)address, length, protection, key));
}

/*
 * Where gates write the rights of all keys, another key would lose its own at each of them: to
 * the program there are no keys left.
 */
INTERPOSE(int, pkey_alloc, unsigned flags, unsigned rights)
{
    runtime_ensure_started();
    if (CONFIG->key != 0 && !CONFIG->gates_preserve) {
        if (CONFIG->verbose) {
            struct text text = {0};
            text_put(&text, "memsentry: pkey_alloc refused: gates write the rights of all "
                            "protection keys; build with '-fmemsentry-mpk-preserve' to use "
                            "keys in the program\n");
            log_text(&text);
        }
        return fail(ENOSPC);
    }
    if (flags != 0)
        return fail(EINVAL);
    const long key = kernel_key_alloc(rights);
    return key < 0 ? fail((int)-key) : (int)key;
}

INTERPOSE(int, pkey_free, int key)
{
    runtime_ensure_started();
    if (key > 0 && key == CONFIG->key)
        return fail(EINVAL);
    return result_of(kernel_key_free(key));
}

#ifndef MEMSENTRY_STATIC
/* libc.a has no second name for it, see docs/threat-model.md. */
INTERPOSE(int, pkey_set, int key, unsigned rights)
{
    NEXT(int, pkey_set, , int, unsigned);
    runtime_ensure_started();
    if (key > 0 && key == CONFIG->key)
        return fail(EINVAL);
    return next(key, rights);
}
#endif
