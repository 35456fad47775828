/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Setting errno from a runtime that is not instrumented. */
#ifndef RUNTIME_FAIL_H
#define RUNTIME_FAIL_H

#include <errno.h>
#include <stdint.h>

#include "memsentry/layout.h"

/* Returns -1. libc finds errno through a pointer in ordinary memory, so it is masked by hand.
 */
static inline int fail(int error)
{
    *(int *)((uint64_t)&errno | MEMSENTRY_SPLIT) = error;
    return -1;
}

#endif
