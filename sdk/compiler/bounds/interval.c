/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Interval arithmetic over SSA values. */
#include "interval.h"

#include <stdint.h>

#include <llvm-c/Core.h>

#include "loop.h"

/* How many values are looked at; phi cycles end here. What is beyond counts as unknown. */
#define BUDGET 256

static wide clamp(wide value)
{
    if (value > INTERVAL_LIMIT)
        return INTERVAL_LIMIT;
    return value < -INTERVAL_LIMIT ? -INTERVAL_LIMIT : value;
}

struct interval interval_of_constant(wide value)
{
    return (struct interval){clamp(value), clamp(value)};
}

struct interval interval_unknown(void)
{
    return (struct interval){-INTERVAL_LIMIT, INTERVAL_LIMIT};
}

struct interval interval_add(struct interval a, struct interval b)
{
    return (struct interval){clamp(a.lo + b.lo), clamp(a.hi + b.hi)};
}

struct interval interval_scale(struct interval a, wide factor)
{
    wide lo, hi;

    if (__builtin_mul_overflow(a.lo, factor, &lo) || __builtin_mul_overflow(a.hi, factor, &hi))
        return interval_unknown();
    return factor < 0 ? (struct interval){clamp(hi), clamp(lo)}
                      : (struct interval){clamp(lo), clamp(hi)};
}

struct interval interval_union(struct interval a, struct interval b)
{
    return (struct interval){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

bool interval_within(struct interval inner, struct interval outer)
{
    return outer.lo <= inner.lo && inner.hi <= outer.hi;
}

struct interval interval_of_width(unsigned width, bool is_signed)
{
    if (is_signed)
        return (struct interval){-((wide)1 << (width - 1)), ((wide)1 << (width - 1)) - 1};
    return (struct interval){0, ((wide)1 << width) - 1};
}

static bool constant_operand(LLVMValueRef instruction, unsigned index, uint64_t *constant)
{
    LLVMValueRef operand = LLVMGetOperand(instruction, index);

    if (!LLVMIsAConstantInt(operand))
        return false;
    *constant = LLVMConstIntGetZExtValue(operand);
    return true;
}

static struct interval multiply(struct interval a, struct interval b)
{
    struct interval low = interval_scale(a, b.lo);
    struct interval high = interval_scale(a, b.hi);

    return interval_union(low, high);
}

/* The exact result of an operation on operands read one way, before it is cut to its width. */
static struct interval combine(LLVMValueRef value, bool is_signed, int *budget)
{
    struct interval a = interval_of_operand(LLVMGetOperand(value, 0), is_signed, budget);
    struct interval b = interval_of_operand(LLVMGetOperand(value, 1), is_signed, budget);
    uint64_t c;

    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMAdd:
        return interval_add(a, b);
    case LLVMSub:
        return interval_add(a, interval_scale(b, -1));
    case LLVMShl: /* a product too */
        if (!constant_operand(value, 1, &c) || c >= LLVMGetIntTypeWidth(LLVMTypeOf(value)))
            return interval_unknown();
        return interval_scale(a, (wide)1 << c);
    default:
        return multiply(a, b);
    }
}

static struct interval of_arithmetic(LLVMValueRef value, unsigned width, bool is_signed,
                                     int *budget)
{
    struct interval all = interval_of_width(width, is_signed);

    /* Both readings are congruent modulo 2^width, so either that fits is right. */
    struct interval result = combine(value, is_signed, budget);
    if (interval_within(result, all))
        return result;
    result = combine(value, !is_signed, budget);
    return interval_within(result, all) ? result : all;
}

/* Reads the value as unsigned; the caller turns that into the reading that it wants. */
static struct interval of_bits(LLVMValueRef value, unsigned width, int *budget)
{
    struct interval all = interval_of_width(width, false);
    struct interval a, b;
    uint64_t c;

    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMAnd:
        a = interval_of_operand(LLVMGetOperand(value, 0), false, budget);
        b = interval_of_operand(LLVMGetOperand(value, 1), false, budget);
        return (struct interval){0, a.hi < b.hi ? a.hi : b.hi};
    case LLVMOr: /* no more than the sum, which has no fewer bits */
        a = interval_of_operand(LLVMGetOperand(value, 0), false, budget);
        b = interval_of_operand(LLVMGetOperand(value, 1), false, budget);
        a = (struct interval){a.lo > b.lo ? a.lo : b.lo, a.hi + b.hi};
        return a.hi > all.hi ? all : a;
    case LLVMLShr:
        if (!constant_operand(value, 1, &c) || c >= width)
            return all;
        a = interval_of_operand(LLVMGetOperand(value, 0), false, budget);
        return (struct interval){a.lo >> c, a.hi >> c};
    case LLVMUDiv:
        if (!constant_operand(value, 1, &c) || c == 0)
            return all;
        a = interval_of_operand(LLVMGetOperand(value, 0), false, budget);
        return (struct interval){a.lo / (wide)c, a.hi / (wide)c};
    case LLVMURem:
        if (!constant_operand(value, 1, &c) || c == 0)
            return all;
        a = interval_of_operand(LLVMGetOperand(value, 0), false, budget);
        return (struct interval){0, a.hi < (wide)c - 1 ? a.hi : (wide)c - 1};
    default:
        return all;
    }
}

static struct interval of_phi(LLVMValueRef phi, bool is_signed, int *budget)
{
    unsigned count = LLVMCountIncoming(phi);
    struct interval result;

    if (loop_interval(phi, is_signed, &result, budget))
        return result;
    result = interval_of_operand(LLVMGetIncomingValue(phi, 0), is_signed, budget);

    for (unsigned i = 1; i < count; i++)
        result = interval_union(
            result, interval_of_operand(LLVMGetIncomingValue(phi, i), is_signed, budget));
    return result;
}

/* An operand that is cut or extended: its values under one reading, if they fit the other. */
static struct interval of_cast(LLVMValueRef value, unsigned width, bool is_signed, int *budget)
{
    LLVMValueRef operand = LLVMGetOperand(value, 0);
    struct interval all = interval_of_width(width, is_signed);
    struct interval result;

    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMZExt:
        result = interval_of_operand(operand, false, budget);
        return interval_within(result, all) ? result : all;
    case LLVMSExt:
        result = interval_of_operand(operand, true, budget);
        return interval_within(result, all) ? result : all;
    default: /* trunc: either reading of the operand that fits is congruent to the result */
        result = interval_of_operand(operand, is_signed, budget);
        if (interval_within(result, all))
            return result;
        result = interval_of_operand(operand, !is_signed, budget);
        return interval_within(result, all) ? result : all;
    }
}

struct interval interval_of_operand(LLVMValueRef value, bool is_signed, int *budget)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(type) > 64)
        return interval_unknown();
    unsigned width = LLVMGetIntTypeWidth(type);
    struct interval all = interval_of_width(width, is_signed);

    if (LLVMIsAConstantInt(value))
        return interval_of_constant(is_signed ? (wide)LLVMConstIntGetSExtValue(value)
                                              : (wide)LLVMConstIntGetZExtValue(value));
    if (!LLVMIsAInstruction(value) || --*budget < 0)
        return all;

    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
    case LLVMShl:
        return of_arithmetic(value, width, is_signed, budget);
    case LLVMZExt:
    case LLVMSExt:
    case LLVMTrunc:
        return of_cast(value, width, is_signed, budget);
    case LLVMFreeze:
        return interval_of_operand(LLVMGetOperand(value, 0), is_signed, budget);
    case LLVMSelect:
        return interval_union(interval_of_operand(LLVMGetOperand(value, 1), is_signed, budget),
                              interval_of_operand(LLVMGetOperand(value, 2), is_signed, budget));
    case LLVMPHI:
        return of_phi(value, is_signed, budget);
    default: {
        struct interval bits = of_bits(value, width, budget);
        return interval_within(bits, all) ? bits : all;
    }
    }
}

struct interval interval_of_value(LLVMValueRef value, bool is_signed)
{
    int budget = BUDGET;

    return interval_of_operand(value, is_signed, &budget);
}
