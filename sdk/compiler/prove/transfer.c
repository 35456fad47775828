/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What instructions and constants make of the facts of their operands. */
#include "facts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#define WORD 64
#define MASK_CONSTRAINTS "=r,0,~{flags}"

/* ---- objects and types ---- */

static struct fact fact_indefinite(unsigned width)
{
    struct fact fact = fact_any(width);

    fact.definite = false;
    return fact;
}

static bool is_constant_size(LLVMTypeRef type)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMScalableVectorTypeKind:
    case LLVMTargetExtTypeKind:
        return false;
    case LLVMArrayTypeKind:
        return is_constant_size(LLVMGetElementType(type));
    case LLVMStructTypeKind:
        for (unsigned i = 0; i < LLVMCountStructElementTypes(type); i++) {
            if (!is_constant_size(LLVMStructGetTypeAtIndex(type, i)))
                return false;
        }
        return LLVMTypeIsSized(type);
    default:
        return LLVMTypeIsSized(type);
    }
}

bool facts_type_size(const struct facts *facts, LLVMTypeRef type, uint64_t *size)
{
    if (!is_constant_size(type))
        return false;
    *size = LLVMStoreSizeOfType(facts->layout, type);
    return true;
}

static LLVMTypeRef byval_type(const struct facts *facts, LLVMValueRef argument)
{
    unsigned kind = LLVMGetEnumAttributeKindForName("byval", 5);

    for (unsigned i = 0; i < LLVMCountParams(facts->function); i++) {
        LLVMAttributeRef attribute = LLVMGetEnumAttributeAtIndex(facts->function, i + 1, kind);
        if (attribute && LLVMGetParam(facts->function, i) == argument)
            return LLVMGetTypeAttributeValue(attribute);
    }
    return NULL;
}

bool facts_object_size(const struct facts *facts, LLVMValueRef object, uint64_t *size)
{
    LLVMTypeRef type;
    uint64_t count = 1;

    if (LLVMIsAArgument(object)) {
        type = byval_type(facts, object);
    } else {
        if (LLVMGetInstructionParent(object) != LLVMGetEntryBasicBlock(facts->function) ||
            !LLVMIsAConstantInt(LLVMGetOperand(object, 0)))
            return false;
        type = LLVMGetAllocatedType(object);
        count = LLVMConstIntGetZExtValue(LLVMGetOperand(object, 0));
    }
    return type && is_constant_size(type) &&
           !__builtin_mul_overflow(LLVMABISizeOfType(facts->layout, type), count, size);
}

static bool has_stack_probes(LLVMValueRef function)
{
    unsigned length;
    LLVMAttributeRef attribute = LLVMGetStringAttributeAtIndex(
        function, (unsigned)LLVMAttributeFunctionIndex, "probe-stack", 11);

    return attribute && !strcmp(LLVMGetStringAttributeValue(attribute, &length), "inline-asm");
}

/* Together with all others that have a constant size, so that the frame fits into the guard. */
static bool fits_in_frame(const struct facts *facts)
{
    uint64_t size, sum = 0;

    for (LLVMValueRef i = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(facts->function)); i;
         i = LLVMGetNextInstruction(i)) {
        if (LLVMIsAAllocaInst(i) && facts_object_size(facts, i, &size) &&
            (size > MEMSENTRY_GUARD_REACH || (sum += size) > MEMSENTRY_GUARD_REACH))
            return false;
    }
    return true;
}

/* An object of the native stack, which is ordinary memory unless a defense says otherwise. */
static struct fact of_object(const struct facts *facts, LLVMValueRef object)
{
    uint64_t size;

    if (facts->stack != STACK_NORMAL)
        return fact_object(object);
    /* A size that memory decides may move the stack pointer anywhere, but for the probes. */
    return has_stack_probes(facts->function) ||
                   (facts_object_size(facts, object, &size) && fits_in_frame(facts))
               ? fact_confined(range_of(0, 0))
               : fact_any(WORD);
}

static struct fact of_global(LLVMValueRef global)
{
    /* The block of thread-local variables is found through memory. */
    if (LLVMIsAGlobalVariable(global) && LLVMIsThreadLocal(global))
        return fact_any(WORD);
    return fact_confined(range_of(0, 0));
}

/* ---- arithmetic ---- */

static bool is_single(struct fact fact)
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

static struct range multiply(struct range a, struct range b)
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
        return multiply(a, b);
    return range_add(a, opcode == LLVMSub ? negate(b) : b);
}

static bool fits(struct range range, unsigned width, bool is_signed)
{
    bound half = (bound)1 << (width - 1);

    return is_signed ? range_within(range, -half, half - 1)
                     : range_within(range, 0, 2 * half - 1);
}

/* Sums, differences and products: exact under one reading at least, or nothing is known. */
static struct fact arithmetic(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    struct range is_signed = combine(opcode, a.is_signed, b.is_signed);
    struct range is_unsigned = combine(opcode, a.is_unsigned, b.is_unsigned);
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

static struct fact move(struct fact address, struct range by)
{
    address.distance = range_add(address.distance, by);
    return address;
}

static struct fact add(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    if (a.kind == FACT_NUMBER && b.kind == FACT_NUMBER)
        return arithmetic(opcode, a, b, width);
    if (a.kind != FACT_NUMBER && b.kind == FACT_NUMBER && opcode != LLVMMul)
        return move(a, opcode == LLVMSub ? negate(b.is_signed) : b.is_signed);
    if (a.kind == FACT_NUMBER && opcode == LLVMAdd)
        return move(b, a.is_signed);
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
    return is_single(fact) && ((uint64_t)fact.is_unsigned.lo & MEMSENTRY_SPLIT);
}

static struct fact of_or(struct fact a, struct fact b, unsigned width)
{
    if (width == WORD &&
        ((sets_split_bit(a) && b.definite) || (sets_split_bit(b) && a.definite)))
        return fact_confined(range_of(0, 0)); /* this is the mask */
    if (a.kind != FACT_NUMBER) {
        struct fact swapped = a;
        a = b;
        b = swapped;
    }
    if (a.kind != FACT_NUMBER)
        return fact_any(width);
    if (b.kind != FACT_NUMBER)
        return move(b, range_of(0, a.is_unsigned.hi));
    bound top = a.is_unsigned.hi > b.is_unsigned.hi ? a.is_unsigned.hi : b.is_unsigned.hi;
    return fact_number(width, range_of(0, all_ones(top)), false);
}

static struct fact of_and(struct fact a, struct fact b, unsigned width)
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
    if (!is_single(b))
        return fact_number(width, range_of(0, b.is_unsigned.hi), false);
    uint64_t mask = (uint64_t)b.is_unsigned.lo;
    uint64_t cleared = ~mask;
    if (width == WORD && !(cleared & (cleared + 1))) /* rounded down */
        return move(a, range_of(-(bound)cleared, 0));
    if (width == WORD && (mask & MEMSENTRY_SPLIT) && a.kind == FACT_CONFINED &&
        range_within(a.distance, 0, 0))
        return a; /* other bits cleared, of an address that has the split bit or is zero */
    return fact_number(width, b.is_unsigned, false);
}

/* Shifts, quotients and remainders, mostly by a constant. */
static struct fact by_constant(LLVMOpcode opcode, struct fact a, struct fact b, unsigned width)
{
    struct fact any = fact_any(width);

    if (a.kind == FACT_NUMBER && opcode != LLVMShl && opcode != LLVMAShr && !is_single(b)) {
        /* Whatever it is shifted or divided by, it does not grow. */
        return fact_number(width, range_of(0, a.is_unsigned.hi), false);
    }
    if (!is_single(b))
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

static struct fact cast(LLVMOpcode opcode, struct fact a, unsigned width)
{
    struct range is_signed = a.is_signed, is_unsigned = a.is_unsigned;
    struct fact any = fact_any(width);

    if (a.kind != FACT_NUMBER)
        return any;
    switch (opcode) {
    case LLVMZExt:
        return fact_number(width, is_unsigned, false);
    case LLVMSExt:
        return fact_number(width, is_signed, true);
    default: /* trunc: either reading that fits is congruent to the result */
        if (fits(is_signed, width, true))
            any.is_signed = is_signed;
        else if (fits(is_unsigned, width, true))
            any.is_signed = is_unsigned;
        if (fits(is_unsigned, width, false))
            any.is_unsigned = is_unsigned;
        else if (fits(is_signed, width, false))
            any.is_unsigned = is_signed;
        return any;
    }
}

/* ---- addresses ---- */

static struct range index_distance(const struct facts *facts, LLVMTypeRef element,
                                   LLVMValueRef index)
{
    struct fact fact = facts_of(facts, index);
    struct range unknown = range_of(-((bound)1 << 100), (bound)1 << 100);

    if (!is_constant_size(element) || fact.kind != FACT_NUMBER)
        return unknown;
    bound size = (bound)LLVMABISizeOfType(facts->layout, element);
    return multiply(fact.is_signed, range_of(size, size));
}

struct range facts_displacement(const struct facts *facts, LLVMValueRef gep)
{
    LLVMTypeRef type = LLVMGetGEPSourceElementType(gep);
    struct range distance = index_distance(facts, type, LLVMGetOperand(gep, 1));

    for (unsigned i = 2; i < (unsigned)LLVMGetNumOperands(gep); i++) {
        LLVMValueRef index = LLVMGetOperand(gep, i);
        if (LLVMGetTypeKind(type) != LLVMStructTypeKind) {
            type = LLVMGetElementType(type);
            distance = range_add(distance, index_distance(facts, type, index));
            continue;
        }
        if (LLVMGetTypeKind(LLVMTypeOf(index)) == LLVMVectorTypeKind)
            index = LLVMGetAggregateElement(index, 0); /* all are the same */
        unsigned field = (unsigned)LLVMConstIntGetZExtValue(index);
        if (!is_constant_size(type))
            return range_of(-((bound)1 << 100), (bound)1 << 100);
        bound offset = (bound)LLVMOffsetOfElement(facts->layout, type, field);
        distance = range_add(distance, range_of(offset, offset));
        type = LLVMStructGetTypeAtIndex(type, field);
    }
    return distance;
}

static struct fact of_gep(const struct facts *facts, LLVMValueRef gep)
{
    struct fact base = fact_as_address(facts_of(facts, LLVMGetOperand(gep, 0)));

    if (base.kind == FACT_NUMBER)
        return fact_any(WORD);
    return move(base, facts_displacement(facts, gep));
}

/* The mask that stands where it is: what functions that are returned into twice use. */
static bool is_assembly_mask(LLVMValueRef call)
{
    char expected[32];
    size_t length;

    if (!LLVMIsACallInst(call) || !LLVMIsAInlineAsm(LLVMGetCalledValue(call)) ||
        LLVMGetNumArgOperands(call) != 1)
        return false;
    LLVMValueRef assembly = LLVMGetCalledValue(call);
    snprintf(expected, sizeof expected, "btsq $$%d, $0", MEMSENTRY_SPLIT_BIT);
    const char *code = LLVMGetInlineAsmAsmString(assembly, &length);
    if (length != strlen(expected) || memcmp(code, expected, length))
        return false;
    code = LLVMGetInlineAsmConstraintString(assembly, &length);
    return length == strlen(MASK_CONSTRAINTS) && !memcmp(code, MASK_CONSTRAINTS, length);
}

static bool is_definite(const struct facts *facts, LLVMValueRef value)
{
    if (fact_width(LLVMTypeOf(value)) || LLVMIsAInstruction(value)) {
        struct fact fact = facts_of(facts, value);
        return fact.kind == FACT_NONE || fact.definite;
    }
    if (LLVMIsUndef(value))
        return false;
    bool whole = true;
    for (int i = 0;
         LLVMIsAConstant(value) && !LLVMIsAGlobalValue(value) && i < LLVMGetNumOperands(value);
         i++)
        whole = whole && is_definite(facts, LLVMGetOperand(value, (unsigned)i));
    return whole;
}

/* Whether the result comes out of memory, of other code or of the processor. */
static bool is_from_outside(LLVMValueRef value)
{
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMCall:
        return !LLVMIsAFunction(LLVMGetCalledValue(value)) ||
               !LLVMGetIntrinsicID(LLVMGetCalledValue(value));
    case LLVMInvoke:
    case LLVMCallBr:
    case LLVMLoad:
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
    case LLVMVAArg:
    case LLVMLandingPad:
        return true;
    default:
        return false;
    }
}

/* Of what an instruction without a rule makes, no more is known than what it is made of. */
static struct fact of_anything(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    struct fact result = fact_any(width);

    if (is_from_outside(value))
        return result;
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(value); i++) {
        LLVMValueRef operand = LLVMGetOperand(value, i);
        if (LLVMIsAInstruction(operand) || LLVMIsAConstant(operand))
            result.definite = result.definite && is_definite(facts, operand);
    }
    return result;
}

/* The smaller or the larger of two numbers, as min and max say and order them. */
static struct fact extremum(struct fact a, struct fact b, unsigned width, bool max,
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

/* Intrinsics that LLVM makes of comparisons and loops, and folds comparisons by. */
static struct fact of_intrinsic(const struct facts *facts, LLVMValueRef call, unsigned width)
{
    size_t length;
    const char *name =
        LLVMIntrinsicGetName(LLVMGetIntrinsicID(LLVMGetCalledValue(call)), &length);
    struct fact result, a, b;

    if (LLVMGetNumArgOperands(call) < 1 ||
        fact_width(LLVMTypeOf(LLVMGetOperand(call, 0))) != width)
        return of_anything(facts, call, width);
    a = facts_of(facts, LLVMGetOperand(call, 0));
    b = facts_of(facts, LLVMGetOperand(call, LLVMGetNumArgOperands(call) > 1 ? 1 : 0));
    if (!strcmp(name, "llvm.umin") || !strcmp(name, "llvm.umax"))
        result = extremum(a, b, width, name[7] == 'a', false);
    else if (!strcmp(name, "llvm.smin") || !strcmp(name, "llvm.smax"))
        result = extremum(a, b, width, name[7] == 'a', true);
    else if (!strcmp(name, "llvm.ctpop") || !strcmp(name, "llvm.ctlz") ||
             !strcmp(name, "llvm.cttz"))
        result = fact_number(width, range_of(0, width), false);
    else if (!strcmp(name, "llvm.usub.sat") && a.kind == FACT_NUMBER)
        result = fact_number(width, range_of(0, a.is_unsigned.hi), false);
    else
        return of_anything(facts, call, width);
    result.definite = of_anything(facts, call, width).definite;
    return result;
}

static struct fact of_call(const struct facts *facts, LLVMValueRef call, unsigned width)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (width == WORD && is_assembly_mask(call))
        return fact_confined(range_of(0, 0));
    if (LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee))
        return of_intrinsic(facts, call, width);
    return of_anything(facts, call, width);
}

/* ---- all together ---- */

/* An element that was put into an aggregate, or one that the aggregate had before. */
static struct fact of_extraction(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    LLVMValueRef aggregate = LLVMGetOperand(value, 0);
    struct fact result = fact_any(width);

    if (LLVMGetNumIndices(value) == 1) {
        for (; LLVMIsAInsertValueInst(aggregate); aggregate = LLVMGetOperand(aggregate, 0)) {
            if (LLVMGetIndices(aggregate)[0] != LLVMGetIndices(value)[0])
                continue;
            if (LLVMGetNumIndices(aggregate) == 1)
                return facts_of(facts, LLVMGetOperand(aggregate, 1));
            break;
        }
    }
    result.definite = is_definite(facts, aggregate);
    return result;
}

static struct fact join_operands(const struct facts *facts, LLVMValueRef value, unsigned first,
                                 unsigned width)
{
    struct fact result = {.kind = FACT_NONE};

    for (unsigned i = first; i < (unsigned)LLVMGetNumOperands(value); i++)
        result = fact_join(result, facts_of(facts, LLVMGetOperand(value, i)), width);
    return result;
}

static struct fact of_phi(const struct facts *facts, LLVMValueRef phi, unsigned width)
{
    struct fact result = {.kind = FACT_NONE};
    bool definite = true, anything = false;

    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++) {
        LLVMValueRef value = LLVMGetIncomingValue(phi, i);
        struct fact fact = facts_of(facts, value);
        result = fact_join(result, fact, width);
        /* A register from here on: what nothing was put into still has one content. */
        if (LLVMIsUndef(value))
            continue;
        anything = true;
        definite = definite && (fact.kind == FACT_NONE || fact.definite);
    }
    result.definite = definite && anything;
    return result;
}

/* A vector that is built element by element: of its start nothing is left. */
static struct fact of_insertion(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    unsigned size = LLVMGetVectorSize(LLVMTypeOf(value));
    struct fact result = {.kind = FACT_NONE};
    uint64_t covered = 0;

    for (; LLVMIsAInsertElementInst(value); value = LLVMGetOperand(value, 0)) {
        LLVMValueRef index = LLVMGetOperand(value, 2);
        if (!LLVMIsAConstantInt(index) || LLVMConstIntGetZExtValue(index) >= size)
            return fact_indefinite(width);
        struct fact element = facts_of(facts, LLVMGetOperand(value, 1));
        if (element.kind == FACT_NONE)
            return element;
        result = fact_join(result, element, width);
        if (LLVMConstIntGetZExtValue(index) < 64)
            covered |= UINT64_C(1) << LLVMConstIntGetZExtValue(index);
    }
    if (size <= 64 && covered == UINT64_MAX >> (64 - size))
        return result;
    return fact_join(result, facts_of(facts, value), width);
}

static bool is_element(LLVMValueRef vector, LLVMValueRef index)
{
    return LLVMIsAConstantInt(index) &&
           LLVMConstIntGetZExtValue(index) < LLVMGetVectorSize(LLVMTypeOf(vector));
}

static struct fact of_shuffle(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    unsigned size = LLVMGetVectorSize(LLVMTypeOf(LLVMGetOperand(value, 0)));
    struct fact result = {.kind = FACT_NONE};

    for (unsigned i = 0; i < LLVMGetNumMaskElements(value); i++) {
        int from = LLVMGetMaskValue(value, i);
        if (from == LLVMGetUndefMaskElem())
            return fact_indefinite(width); /* an element is left open */
        struct fact fact = facts_of(facts, LLVMGetOperand(value, from >= (int)size));
        if (fact.kind == FACT_NONE)
            return fact;
        result = fact_join(result, fact, width);
    }
    return result;
}

static struct fact of_operation(const struct facts *facts, LLVMValueRef value,
                                LLVMOpcode opcode, unsigned width)
{
    struct fact a = facts_of(facts, LLVMGetOperand(value, 0));
    struct fact b = {.kind = FACT_NONE}, result;
    bool binary = LLVMGetNumOperands(value) > 1;

    if (binary)
        b = facts_of(facts, LLVMGetOperand(value, 1));
    if (a.kind == FACT_NONE || (binary && b.kind == FACT_NONE))
        return (struct fact){.kind = FACT_NONE};
    switch (opcode) {
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
        result = add(opcode, a, b, width);
        break;
    case LLVMOr:
        result = of_or(a, b, width);
        break;
    case LLVMAnd:
        result = of_and(a, b, width);
        break;
    case LLVMShl:
    case LLVMLShr:
    case LLVMAShr:
    case LLVMUDiv:
    case LLVMURem:
        result = by_constant(opcode, a, b, width);
        break;
    case LLVMZExt:
    case LLVMSExt:
    case LLVMTrunc:
        result = cast(opcode, a, width);
        break;
    default:
        result = fact_any(width);
    }
    /* A shift by a constant that is too large is poison; nothing else here makes any. */
    bool exact = opcode != LLVMShl && opcode != LLVMLShr && opcode != LLVMAShr;
    exact = exact || (is_single(b) && b.is_unsigned.lo < (bound)width);
    result.definite = a.definite && (!binary || b.definite) && exact;
    return result;
}

struct fact facts_transfer(const struct facts *facts, LLVMValueRef value)
{
    unsigned width = fact_width_or_word(LLVMTypeOf(value));
    struct fact result;

    if (!fact_width(LLVMTypeOf(value)) && !LLVMIsAPHINode(value) && !LLVMIsAFreezeInst(value) &&
        !LLVMIsASelectInst(value))
        return of_anything(facts, value, width);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMAlloca:
        return of_object(facts, value);
    case LLVMGetElementPtr:
        for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(value); i++) {
            if (facts_of(facts, LLVMGetOperand(value, i)).kind == FACT_NONE)
                return (struct fact){.kind = FACT_NONE};
        }
        result = of_gep(facts, value);
        for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(value); i++)
            result.definite =
                result.definite && facts_of(facts, LLVMGetOperand(value, i)).definite;
        return result;
    case LLVMPHI:
        return of_phi(facts, value, width);
    case LLVMSelect:
        result = join_operands(facts, value, 1, width);
        result.definite = result.definite && facts_of(facts, LLVMGetOperand(value, 0)).definite;
        return result;
    case LLVMFreeze:
        result = facts_of(facts, LLVMGetOperand(value, 0));
        result.definite = true;
        return result;
    case LLVMPtrToInt:
    case LLVMIntToPtr:
        result = facts_of(facts, LLVMGetOperand(value, 0));
        /* A pointer of another width than the integer is cut or extended. */
        if (fact_width(LLVMTypeOf(LLVMGetOperand(value, 0))) == width)
            return result;
        return result.kind == FACT_NUMBER
                   ? cast(width < WORD ? LLVMTrunc : LLVMZExt, result, width)
                   : fact_any(width);
    case LLVMInsertElement:
        return of_insertion(facts, value, width);
    case LLVMShuffleVector:
        return of_shuffle(facts, value, width);
    case LLVMExtractElement:
        return is_element(LLVMGetOperand(value, 0), LLVMGetOperand(value, 1))
                   ? facts_of(facts, LLVMGetOperand(value, 0))
                   : fact_indefinite(width);
    case LLVMExtractValue:
        return of_extraction(facts, value, width);
    case LLVMCall:
        return of_call(facts, value, width);
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
    case LLVMOr:
    case LLVMAnd:
    case LLVMXor:
    case LLVMShl:
    case LLVMLShr:
    case LLVMAShr:
    case LLVMUDiv:
    case LLVMURem:
    case LLVMZExt:
    case LLVMSExt:
    case LLVMTrunc:
    case LLVMICmp:
        if (fact_width(LLVMTypeOf(LLVMGetOperand(value, 0))))
            return of_operation(facts, value, LLVMGetInstructionOpcode(value), width);
        return of_anything(facts, value, width);
    default:
        return of_anything(facts, value, width);
    }
}

static struct fact of_constant(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    struct fact result;

    if (LLVMIsAConstantInt(value)) {
        bound number = (bound)LLVMConstIntGetSExtValue(value);
        return fact_number(width, range_of(number, number), true);
    }
    if (LLVMIsUndef(value) || LLVMIsPoison(value))
        return fact_indefinite(width);
    if (LLVMIsAGlobalAlias(value))
        return facts_of(facts, LLVMAliasGetAliasee(value));
    if (LLVMIsAGlobalValue(value))
        return of_global(value);
    if (LLVMIsNull(value))
        return fact_number(width, range_of(0, 0), true);
    if (LLVMIsAConstantExpr(value)) {
        switch (LLVMGetConstOpcode(value)) {
        case LLVMGetElementPtr:
            return of_gep(facts, value);
        case LLVMPtrToInt:
        case LLVMIntToPtr:
            result = facts_of(facts, LLVMGetOperand(value, 0));
            return fact_width(LLVMTypeOf(LLVMGetOperand(value, 0))) == width ? result
                                                                             : fact_any(width);
        case LLVMAdd:
        case LLVMSub:
            return add(LLVMGetConstOpcode(value), facts_of(facts, LLVMGetOperand(value, 0)),
                       facts_of(facts, LLVMGetOperand(value, 1)), width);
        default:
            return fact_any(width);
        }
    }
    if (LLVMIsAConstantDataVector(value)) {
        unsigned count = LLVMGetVectorSize(LLVMTypeOf(value));
        result = (struct fact){.kind = FACT_NONE};
        for (unsigned i = 0; i < count; i++)
            result =
                fact_join(result, facts_of(facts, LLVMGetAggregateElement(value, i)), width);
        return result;
    }
    if (LLVMIsAConstantVector(value))
        return join_operands(facts, value, 0, width);
    return fact_any(width);
}

struct fact facts_of(const struct facts *facts, LLVMValueRef value)
{
    unsigned width = fact_width_or_word(LLVMTypeOf(value));
    uint64_t size;

    if (LLVMIsAInstruction(value)) {
        size_t index = facts_index(facts, value);
        return index == SIZE_MAX ? fact_any(width) : facts->of[index];
    }
    if (LLVMIsAArgument(value))
        return facts_object_size(facts, value, &size) ? of_object(facts, value)
                                                      : fact_any(width);
    if (!fact_width(LLVMTypeOf(value))) {
        struct fact fact = fact_any(width);
        fact.definite = is_definite(facts, value);
        return fact;
    }
    return of_constant(facts, value, width);
}
