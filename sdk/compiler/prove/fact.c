/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The lattice of facts. */
#include "fact.h"

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#define WORD 64
/* Beyond any distance that matters, and far from the end of a bound. */
#define FAR ((bound)1 << 70)

struct range range_of(bound lo, bound hi)
{
    return (struct range){lo, hi};
}

static bound cut(bound value)
{
    if (value > FAR)
        return FAR;
    return value < -FAR ? -FAR : value;
}

struct range range_add(struct range a, struct range b)
{
    return range_of(cut(a.lo + b.lo), cut(a.hi + b.hi));
}

bool range_within(struct range inner, bound lo, bound hi)
{
    return lo <= inner.lo && inner.hi <= hi;
}

static struct range hull(struct range a, struct range b)
{
    return range_of(a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi);
}

static bool same(struct range a, struct range b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

static struct range full(unsigned width, bool is_signed)
{
    bound half = (bound)1 << (width - 1);

    return is_signed ? range_of(-half, half - 1) : range_of(0, 2 * half - 1);
}

static bool fits(struct range range, struct range all)
{
    return range_within(range, all.lo, all.hi);
}

/*
 * `range` holds an integer that is congruent to the value modulo 2^width; the same said in the
 * given reading.
 */
static struct range reading(struct range range, unsigned width, bool is_signed)
{
    struct range all = full(width, is_signed);
    bound modulus = (bound)1 << width;

    for (int turn = -1; turn <= 1; turn++) {
        struct range moved = range_add(range, range_of(turn * modulus, turn * modulus));
        if (fits(moved, all))
            return moved;
    }
    return all;
}

struct fact fact_any(unsigned width)
{
    return (struct fact){.kind = FACT_NUMBER,
                         .definite = true,
                         .frozen = true,
                         .is_signed = full(width, true),
                         .is_unsigned = full(width, false)};
}

struct fact fact_indefinite(unsigned width)
{
    struct fact fact = fact_any(width);

    fact.definite = fact.frozen = false;
    return fact;
}

struct fact fact_number(unsigned width, struct range range, bool is_signed)
{
    struct fact fact = {.kind = FACT_NUMBER, .definite = true, .frozen = true};

    if (!fits(range, full(width, is_signed)))
        range = reading(range, width, is_signed);
    fact.is_signed = reading(range, width, true);
    fact.is_unsigned = reading(range, width, false);
    return fact;
}

struct fact fact_confined(struct range distance)
{
    return (struct fact){
        .kind = FACT_CONFINED, .definite = true, .frozen = true, .distance = distance};
}

struct fact fact_object(LLVMValueRef object)
{
    return (struct fact){
        .kind = FACT_OBJECT, .definite = true, .frozen = true, .object = object};
}

struct fact fact_as_address(struct fact fact)
{
    bound reach = (bound)MEMSENTRY_GUARD_REACH;

    if (fact.kind != FACT_NUMBER)
        return fact;
    struct fact confined = fact_confined(range_of(0, 0));
    confined.definite = fact.definite;
    confined.frozen = fact.frozen;
    if (fact.is_unsigned.lo == fact.is_unsigned.hi &&
        ((uint64_t)fact.is_unsigned.lo & MEMSENTRY_SPLIT))
        return confined;
    if (!range_within(fact.is_signed, -reach, reach))
        return fact;
    confined.distance = fact.is_signed;
    return confined;
}

struct fact fact_join(struct fact a, struct fact b, unsigned width)
{
    bool definite = a.definite && b.definite, frozen = a.frozen && b.frozen;
    struct fact joined;

    if (a.kind == FACT_NONE || b.kind == FACT_NONE)
        return a.kind == FACT_NONE ? b : a;
    if (a.kind != b.kind && width == WORD) {
        a = fact_as_address(a);
        b = fact_as_address(b);
    }
    joined = a;
    if (a.kind != b.kind || (a.kind == FACT_OBJECT && a.object != b.object)) {
        joined = fact_any(width);
    } else if (a.kind == FACT_NUMBER) {
        joined.is_signed = hull(a.is_signed, b.is_signed);
        joined.is_unsigned = hull(a.is_unsigned, b.is_unsigned);
    } else {
        joined.distance = hull(a.distance, b.distance);
        joined.compared = a.compared || b.compared;
    }
    joined.definite = definite;
    joined.frozen = frozen;
    return joined;
}

bool fact_equal(const struct fact *a, const struct fact *b)
{
    if (a->kind != b->kind || a->definite != b->definite || a->frozen != b->frozen ||
        a->compared != b->compared)
        return false;
    if (a->kind == FACT_NUMBER)
        return same(a->is_signed, b->is_signed) && same(a->is_unsigned, b->is_unsigned);
    return a->kind == FACT_NONE || (a->object == b->object && same(a->distance, b->distance));
}

/* The next limit to try for a bound that moves away from zero, so that a loop ends soon. */
static bound limit_beyond(bound value)
{
    static const unsigned char bits[] = {4, 8, 12, 16, 20, 24, 31, 32, 36, 40, 48, 63};

    for (unsigned i = 0; i < sizeof bits; i++) {
        if (value <= (bound)1 << bits[i])
            return (bound)1 << bits[i];
    }
    return FAR;
}

static struct range widen(struct range last, struct range next, struct range all)
{
    if (next.lo < last.lo)
        next.lo = next.lo < 0 ? -limit_beyond(-next.lo) : 0;
    if (next.hi > last.hi)
        next.hi = next.hi < 0 ? 0 : limit_beyond(next.hi + 1) - 1;
    if (next.lo < all.lo)
        next.lo = all.lo;
    if (next.hi > all.hi)
        next.hi = all.hi;
    return next;
}

struct fact fact_widen(struct fact last, struct fact next, unsigned width)
{
    if (last.kind != next.kind)
        return next;
    if (next.kind == FACT_NUMBER) {
        next.is_signed = widen(last.is_signed, next.is_signed, full(width, true));
        next.is_unsigned = widen(last.is_unsigned, next.is_unsigned, full(width, false));
    } else {
        next.distance = widen(last.distance, next.distance, range_of(-FAR, FAR));
    }
    return next;
}

unsigned fact_width(LLVMTypeRef type)
{
    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    if (LLVMGetTypeKind(type) == LLVMPointerTypeKind)
        return WORD;
    if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(type) > WORD)
        return 0;
    return LLVMGetIntTypeWidth(type);
}

unsigned fact_width_or_word(LLVMTypeRef type)
{
    unsigned width = fact_width(type);

    return width ? width : WORD;
}
