/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the gates of a function stand. */
#ifndef MEMSENTRY_PLACE_H
#define MEMSENTRY_PLACE_H

#include <stddef.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include "../backends/backend.h"

struct place {
    LLVMValueRef before;
    enum gate gate;
};

/*
 * Finds places for gates, so that every instruction has the domain as it demands, and that as
 * few gates as possible are passed: the domain may stay open where no instruction demands it to
 * be closed, across blocks and around loops. Returns an array that the caller frees.
 */
struct place *place_gates(LLVMValueRef function, LLVMTargetDataRef layout, unsigned mode,
                          size_t *count);

#endif
