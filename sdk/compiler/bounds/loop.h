/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How often loops run, from the comparisons on the way around them. As everywhere here nothing
 * is taken from wrap flags: that a counter does not overflow follows from its bounds.
 */
#ifndef MEMSENTRY_LOOP_H
#define MEMSENTRY_LOOP_H

#include <stdbool.h>

#include <llvm-c/Types.h>

#include "interval.h"

/*
 * The values of a phi that grows or shrinks by a constant each time around a loop of which some
 * such phi is bounded; false when that is not shown. `budget` is that of the caller's question.
 */
bool loop_interval(LLVMValueRef phi, bool is_signed, struct interval *values, int *budget);

#endif
