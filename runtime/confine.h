/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The runtime is not instrumented, so it masks by hand what the program hands it to write to: it
 * must not be the deputy that reaches the lower half.
 */
#ifndef RUNTIME_CONFINE_H
#define RUNTIME_CONFINE_H

#include <stdint.h>

#include "memsentry/layout.h"

static inline void *confine(const void *pointer)
{
    return pointer == 0 ? 0 : (void *)((uint64_t)pointer | MEMSENTRY_SPLIT);
}

#endif
