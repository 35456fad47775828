/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the runtime library does for the allocator, which is a library of its own. */
#ifndef MALLOC_SERVE_H
#define MALLOC_SERVE_H

#include "../visibility.h"

/*
 * Reserves the lower half, unless that is done, and the heap. Ends the process with a message
 * when they cannot be had.
 */
EXPORT void __memsentry_heap_reserve(void);

/* Reports that `pointer`, given to free or realloc at `pc`, is no block in use. SIGABRT. */
EXPORT _Noreturn void __memsentry_bad_free(const void *pointer, const void *pc);

#endif
