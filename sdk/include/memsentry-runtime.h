/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the runtime of a defense, or an application with something to keep apart, may call.
 */
#ifndef MEMSENTRY_RUNTIME_H
#define MEMSENTRY_RUNTIME_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Allocates `size` bytes that instrumented code cannot reach: zeroed, aligned to the page, between
 * guard pages, in the lower half. `size` is rounded up to whole pages.
 *
 * Returns NULL with errno EINVAL (size 0) or ENOMEM. The caller owns the region until
 * saferegion_free(). Thread-safe; not to be called from a signal handler. May be called from
 * constructors.
 */
void *saferegion_alloc(size_t size);

/*
 * As saferegion_alloc(), with a name of at most 31 characters that reports show. The name is
 * copied; a longer one is refused with EINVAL.
 */
void *saferegion_alloc_named(size_t size, const char *name);

/*
 * Gives back what saferegion_alloc() returned; NULL is allowed. The contents are gone at once.
 * Any other pointer, or one freed before, is a report and the end of the process: a quiet answer
 * would leave a region in the hands of two owners. Thread-safe; not for signal handlers.
 */
void saferegion_free(void *region);

#ifdef __cplusplus
}
#endif

#endif
