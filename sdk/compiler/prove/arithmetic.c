/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Arithmetic of facts. */
#include "fact.h"

#include <memsentry/layout.h>

#define WORD 64

bool fact_is_single(struct fact fact)
{
    return fact.kind == FACT_NUMBER && fact.is_unsigned.lo == fact.is_unsigned.hi;
}

static bound product(bound a, bound b)
{
    bound result;

    /* Operands have at most 64 bits and a sign, so this cannot overflow 128 by much. */
    if (__builtin_mul_overflow(a, b, &result))
        return (a < 0) != (b < 0) ? -((bound)1 << 100) : (bound)1 << 100;
    return result;
}

static struct range intersection(struct range a, struct range b)
{
    return range_of(a.lo > b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi);
}

struct range range_multiply(struct range a, struct range b)
{
    bound corner[] = {product(a.lo, b.lo), product(a.lo, b.hi), product(a.hi, b.lo),
                      product(a.hi, b.hi)};
    struct range result = range_of(corner[0], corner[0]);

    for (int i = 1; i < 4; i++) {
        if (corner[i] < result.lo)
            result.lo = corner[i];
        if (corner[i] > result.hi)
            result.hi = corner[i];
    }
    return result;
}

static struct range negate(struct range a)
{
    return range_of(-a.hi, -a.lo);
}

static struct range combine(LLVMOpcode opcode, struct range a, struct range b)
{
    if (opcode == LLVMMul)
        return range_multiply(a, b);
    return range_add(a, opcode == LLVMSub ? negate(b) : b);
}

static bool fits(struct range range, unsigned width, bool is_signed)
{
    bound half = (bound)1 << (width - 1);

    return is_signed ? range_within(range, -half, half - 1)
                     : range_within(range, 0, 2 * half - 1);
}

/* Two ranges that hold numbers congruent to the value: for each reading, one that fits it. */
static struct fact congruent(struct range is_signed, struct range is_unsigned, unsigned width)
{
    struct fact result = fact_any(width);

    if (fits(is_signed, width, true))
        result.is_signed = is_signed;
    else if (fits(is_unsigned, width, true))
        result.is_signed = is_unsigned;
    if (fits(is_unsigned, width, false))
        result.is_unsigned = is_unsigned;
    else if (fits(is_signed, width, false))
        result.is_unsigned = is_signed;
    return result;
}

/* Sums, differences and products: exact under one reading at least, or nothing is known. */
static struct fact arithmetic(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    return congruent(combine(opcode, a.is_signed, b.is_signed),
                     combine(opcode, a.is_unsigned, b.is_unsigned), width);
}

struct fact fact_move(struct fact address, struct range by)
{
    address.distance = range_add(address.distance, by);
    return address;
}

struct fact fact_add(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    if (a.kind == FACT_NUMBER && b.kind == FACT_NUMBER)
        return arithmetic(opcode, a, b, width);
    if (a.kind != FACT_NUMBER && b.kind == FACT_NUMBER && opcode != LLVMMul)
        return fact_move(a, opcode == LLVMSub ? negate(b.is_signed) : b.is_signed);
    if (a.kind == FACT_NUMBER && opcode == LLVMAdd)
        return fact_move(b, a.is_signed);
    return fact_any(width);
}

static bound all_ones(bound value)
{
    bound result = 0;

    while (result < value)
        result = 2 * result + 1;
    return result;
}

static bool sets_split_bit(struct fact fact)
{
    return fact_is_single(fact) && ((uint64_t)fact.is_unsigned.lo & MEMSENTRY_SPLIT);
}

struct fact fact_or(struct fact a, struct fact b, unsigned width)
{
    if (width == WORD && ((sets_split_bit(a) && b.frozen) || (sets_split_bit(b) && a.frozen)))
        return fact_confined(range_of(0, 0)); /* this is the mask */
    if (a.kind != FACT_NUMBER) {
        struct fact swapped = a;
        a = b;
        b = swapped;
    }
    if (a.kind != FACT_NUMBER)
        return fact_any(width);
    if (b.kind != FACT_NUMBER)
        return fact_move(b, range_of(0, a.is_unsigned.hi));
    bound top = a.is_unsigned.hi > b.is_unsigned.hi ? a.is_unsigned.hi : b.is_unsigned.hi;
    return fact_number(width, range_of(0, all_ones(top)), false);
}

struct fact fact_and(struct fact a, struct fact b, unsigned width)
{
    if (a.kind != FACT_NUMBER && b.kind != FACT_NUMBER)
        return fact_any(width);
    if (b.kind != FACT_NUMBER) {
        struct fact swapped = a;
        a = b;
        b = swapped;
    }
    if (a.kind == FACT_NUMBER) {
        bound top = a.is_unsigned.hi < b.is_unsigned.hi ? a.is_unsigned.hi : b.is_unsigned.hi;
        return fact_number(width, range_of(0, top), false);
    }
    struct fact below = fact_number(width, range_of(0, b.is_unsigned.hi), false);
    if (!fact_is_single(b))
        return below;
    uint64_t mask = (uint64_t)b.is_unsigned.lo;
    uint64_t cleared = ~mask;
    if (width == WORD && !(cleared & (cleared + 1))) /* rounded down */
        return fact_move(a, range_of(-(bound)cleared, 0));
    if (width == WORD && (mask & MEMSENTRY_SPLIT) && a.kind == FACT_CONFINED && !a.compared &&
        range_within(a.distance, 0, 0))
        return a; /* other bits cleared, of an address that has the split bit or is zero */
    return below;
}

/* Shifts, quotients and remainders, mostly by a constant. */
struct fact fact_divide(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    struct fact any = fact_any(width);

    if (a.kind == FACT_NUMBER && opcode != LLVMShl && opcode != LLVMAShr &&
        !fact_is_single(b)) {
        /* Whatever it is shifted or divided by, it does not grow. */
        return fact_number(width, range_of(0, a.is_unsigned.hi), false);
    }
    if (!fact_is_single(b))
        return any;
    bound c = b.is_unsigned.lo, lo = a.is_unsigned.lo, hi = a.is_unsigned.hi;
    bool shift = opcode == LLVMShl || opcode == LLVMLShr || opcode == LLVMAShr;
    if (a.kind != FACT_NUMBER)
        lo = 0, hi = ((bound)1 << width) - 1;
    if (shift ? c >= width : c == 0)
        return any;
    switch (opcode) {
    case LLVMShl: {
        if (a.kind != FACT_NUMBER)
            return any;
        return arithmetic(LLVMMul, a,
                          fact_number(WORD, range_of((bound)1 << c, (bound)1 << c), false),
                          width);
    }
    case LLVMLShr:
        return fact_number(width, range_of(lo >> c, hi >> c), false);
    case LLVMUDiv:
        return fact_number(width, range_of(lo / c, hi / c), false);
    case LLVMURem:
        return fact_number(width, range_of(0, hi < c - 1 ? hi : c - 1), false);
    case LLVMAShr:
        if (a.kind != FACT_NUMBER)
            return any;
        return fact_number(width, range_of(a.is_signed.lo >> c, a.is_signed.hi >> c), true);
    default:
        return any;
    }
}

struct fact fact_cast(LLVMOpcode opcode, struct fact a, unsigned width)
{
    if (a.kind != FACT_NUMBER)
        return fact_any(width);
    switch (opcode) {
    case LLVMZExt:
        return fact_number(width, a.is_unsigned, false);
    case LLVMSExt:
        return fact_number(width, a.is_signed, true);
    default:
        return congruent(a.is_signed, a.is_unsigned, width);
    }
}

/* The smaller or the larger of two numbers, as min and max say and order them. */
struct fact fact_extremum(struct fact a, struct fact b, unsigned width, bool max,
                          bool is_signed)
{
    if (a.kind == FACT_NONE || b.kind == FACT_NONE)
        return (struct fact){.kind = FACT_NONE};
    if (a.kind != FACT_NUMBER || b.kind != FACT_NUMBER)
        return fact_any(width);
    struct range x = is_signed ? a.is_signed : a.is_unsigned;
    struct range y = is_signed ? b.is_signed : b.is_unsigned;
    struct range result =
        range_of((x.lo < y.lo) != max ? x.lo : y.lo, (x.hi < y.hi) != max ? x.hi : y.hi);
    struct fact fact = fact_number(width, result, is_signed);
    /* What either of them is, read the other way, the result is, too. */
    struct fact either = fact_join(a, b, width);
    if (is_signed)
        fact.is_unsigned = intersection(fact.is_unsigned, either.is_unsigned);
    else
        fact.is_signed = intersection(fact.is_signed, either.is_signed);
    return fact;
}
