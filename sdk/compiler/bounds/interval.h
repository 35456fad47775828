/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Intervals of integer SSA values, from what the bits of the value itself show: constants,
 * operand widths and bit operations. Attributes, metadata, assumptions, wrap flags and
 * everything else that rests on memory contents or on undefined behaviour is never consulted.
 */
#ifndef MEMSENTRY_INTERVAL_H
#define MEMSENTRY_INTERVAL_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/* Wide enough that no sum or product of 64-bit quantities overflows before it is clamped. */
__extension__ typedef __int128 wide;

/* All integers from lo to hi. Ends beyond INTERVAL_LIMIT mean that nothing is known. */
struct interval {
    wide lo, hi;
};

#define INTERVAL_LIMIT ((wide)1 << 80)

struct interval interval_of_constant(wide value);
struct interval interval_unknown(void);
/* All that an integer of so many bits, at most 64, can be. */
struct interval interval_of_width(unsigned width, bool is_signed);
struct interval interval_add(struct interval a, struct interval b);
struct interval interval_scale(struct interval a, wide factor);
struct interval interval_union(struct interval a, struct interval b);
bool interval_within(struct interval inner, struct interval outer);

/* The values that an integer of at most 64 bits can take, read as signed or unsigned. */
struct interval interval_of_value(LLVMValueRef value, bool is_signed);

/* The same as a part of a question: *budget is how many values are still looked at. */
struct interval interval_of_operand(LLVMValueRef value, bool is_signed, int *budget);

#endif
