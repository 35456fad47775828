/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What is known of a value, from the bits of the values that it is computed from and from
 * nothing else: no metadata, no attributes, no flags, no undefined behaviour.
 */
#ifndef MEMSENTRY_FACT_H
#define MEMSENTRY_FACT_H

#include <stdbool.h>
#include <stdint.h>

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

/* Wide enough for every sum and product of 64-bit bounds that is not cut off before. */
typedef __int128 bound;

struct range {
    bound lo, hi;
};

enum fact_kind {
    FACT_NONE,     /* not computed yet */
    FACT_NUMBER,   /* an integer, or an address like any integer */
    FACT_CONFINED, /* an address at `distance` from one that is confined */
    FACT_OBJECT,   /* an address at `distance` from the start of `object` */
};

/*
 * A confined address has the split bit, or is zero: the bottom guard holds no secret. One that
 * was compared with the split lies above it, whatever its bits are. Vectors have one fact for
 * all their elements.
 */
struct fact {
    enum fact_kind kind;
    /*
     * Not made of an undefined or poison constant, so that it is the same value at every use.
     * Only what is definite can be masked or compared: the code generator may make anything of
     * `undef | bit`.
     */
    bool definite;
    /*
     * Definite, or the very result of a freeze: what is computed from this one use has one
     * value. The code generator may have another one for the next use of it.
     */
    bool frozen;
    bool compared;                       /* confined by a comparison, not by its bits */
    struct range is_signed, is_unsigned; /* of a number, read in its width either way */
    struct range distance;
    LLVMValueRef object; /* an alloca or a byval argument */
};

struct range range_of(bound lo, bound hi);
struct range range_add(struct range a, struct range b);
bool range_within(struct range inner, bound lo, bound hi);

/* Any value of that width, of which nothing is known. */
struct fact fact_any(unsigned width);
/* The same, undefined. */
struct fact fact_indefinite(unsigned width);
struct fact fact_number(unsigned width, struct range range, bool is_signed);
struct fact fact_confined(struct range distance);
struct fact fact_object(LLVMValueRef object);

/* What holds for a value that is `a` or `b`. */
struct fact fact_join(struct fact a, struct fact b, unsigned width);
bool fact_equal(const struct fact *a, const struct fact *b);

/* `next`, with bounds that have moved since `last` pushed to the next of a few steps. */
struct fact fact_widen(struct fact last, struct fact next, unsigned width);

/* One number only. */
bool fact_is_single(struct fact fact);

/*
 * Arithmetic in so many bits. What is definite about the results is not said: that depends on
 * the instruction.
 */
struct range range_multiply(struct range a, struct range b);
struct fact fact_move(struct fact address, struct range by);
struct fact fact_add(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width);
struct fact fact_or(struct fact a, struct fact b, unsigned width);
struct fact fact_and(struct fact a, struct fact b, unsigned width);
/* Shifts, quotients and remainders. */
struct fact fact_divide(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width);
/* Zero-extended, sign-extended or cut. */
struct fact fact_cast(LLVMOpcode opcode, struct fact a, unsigned width);
/* The smaller or the larger of two. */
struct fact fact_extremum(struct fact a, struct fact b, unsigned width, bool max,
                          bool is_signed);

/* A number as an address: a constant may be confined as it is. */
struct fact fact_as_address(struct fact fact);

/* The width of an integer or pointer, or of the elements of a vector; 0 for anything else. */
unsigned fact_width(LLVMTypeRef type);

/* The width of a fact about a value of any type: all that there is may be that it is definite.
 */
unsigned fact_width_or_word(LLVMTypeRef type);

#endif
