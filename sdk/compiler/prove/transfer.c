/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What instructions and constants make of the facts of their operands. */
#include "facts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#define WORD 64
/* Phis of phis that are followed. */
#define PHI_BUDGET 32
#define MASK_CONSTRAINTS "=r,0,~{flags}"

/* ---- addresses ---- */

static struct range index_distance(const struct facts *facts, LLVMTypeRef element,
                                   LLVMValueRef index)
{
    struct fact fact = facts_of(facts, index);
    struct range unknown = range_of(-((bound)1 << 100), (bound)1 << 100);

    if (!facts_has_size(element) || fact.kind != FACT_NUMBER)
        return unknown;
    bound size = (bound)LLVMABISizeOfType(facts->layout, element);
    return range_multiply(fact.is_signed, range_of(size, size));
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
        if (!facts_has_size(type))
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
    return fact_move(base, facts_displacement(facts, gep));
}

static bool is_text(const char *text, size_t length, const char *expected)
{
    return length == strlen(expected) && !memcmp(text, expected, length);
}

bool facts_is_assembly(LLVMValueRef call, const char *text, const char *constraints)
{
    size_t length;

    if (!LLVMIsACallInst(call) || !LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
        return false;
    LLVMValueRef assembly = LLVMGetCalledValue(call);
    const char *found = LLVMGetInlineAsmAsmString(assembly, &length);
    if (!is_text(found, length, text))
        return false;
    found = LLVMGetInlineAsmConstraintString(assembly, &length);
    return is_text(found, length, constraints) &&
           LLVMGetInlineAsmDialect(assembly) == LLVMInlineAsmDialectATT;
}

/* The mask that stands where it is: what functions that are returned into twice use. */
static bool is_assembly_mask(LLVMValueRef call)
{
    char expected[32];

    snprintf(expected, sizeof expected, "btsq $$%d, $0", MEMSENTRY_SPLIT_BIT);
    return facts_is_assembly(call, expected, MASK_CONSTRAINTS) &&
           LLVMGetNumArgOperands(call) == 1;
}

/*
 * The check of a backend that has one. What it returns is the register that it looked at, also
 * of an undefined operand.
 */
static bool is_check(const struct facts *facts, LLVMValueRef call)
{
    return facts->check &&
           facts_is_assembly(call, facts->check->text, facts->check->constraints) &&
           LLVMGetTypeKind(LLVMTypeOf(call)) == LLVMPointerTypeKind;
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
        result = fact_extremum(a, b, width, name[7] == 'a', false);
    else if (!strcmp(name, "llvm.smin") || !strcmp(name, "llvm.smax"))
        result = fact_extremum(a, b, width, name[7] == 'a', true);
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
    if (is_check(facts, call)) {
        struct fact checked = fact_confined(range_of(0, 0));
        checked.compared = true;
        return checked;
    }
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

/* Whether something other than undefined constants comes in by this phi, or by phis of phis. */
static bool has_content(LLVMValueRef value, int *budget)
{
    if (!LLVMIsAPHINode(value))
        return !LLVMIsUndef(value);
    if (--*budget < 0)
        return false;
    for (unsigned i = 0; i < LLVMCountIncoming(value); i++) {
        LLVMValueRef incoming = LLVMGetIncomingValue(value, i);
        if (incoming != value && has_content(incoming, budget))
            return true;
    }
    return false;
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
        int budget = PHI_BUDGET;
        anything = anything || has_content(value, &budget);
        definite = definite && (fact.kind == FACT_NONE || fact.definite);
    }
    result.definite = definite && anything;
    return result;
}

/* A vector that is built element by element, of which its start is left where none was put. */
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
    if (size <= 64 && LLVMIsAConstant(value)) {
        for (unsigned i = 0; i < size; i++) {
            if (covered >> i & 1)
                continue;
            LLVMValueRef element = LLVMGetAggregateElement(value, i);
            if (!element)
                return fact_indefinite(width);
            result = fact_join(result, facts_of(facts, element), width);
        }
        return result;
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

/* One element, where the others of the vector may be left open: a splat starts so. */
static struct fact of_lane(const struct facts *facts, LLVMValueRef vector, unsigned lane)
{
    LLVMValueRef element = NULL;

    for (; LLVMIsAInsertElementInst(vector); vector = LLVMGetOperand(vector, 0)) {
        LLVMValueRef index = LLVMGetOperand(vector, 2);
        if (!LLVMIsAConstantInt(index))
            break;
        if (LLVMConstIntGetZExtValue(index) == lane)
            return facts_of(facts, LLVMGetOperand(vector, 1));
    }
    if (LLVMIsAConstant(vector))
        element = LLVMGetAggregateElement(vector, lane);
    return facts_of(facts, element ? element : vector);
}

static struct fact of_shuffle(const struct facts *facts, LLVMValueRef value, unsigned width)
{
    unsigned size = LLVMGetVectorSize(LLVMTypeOf(LLVMGetOperand(value, 0)));
    struct fact result = {.kind = FACT_NONE};

    for (unsigned i = 0; i < LLVMGetNumMaskElements(value); i++) {
        int from = LLVMGetMaskValue(value, i);
        if (from == LLVMGetUndefMaskElem())
            return fact_indefinite(width); /* an element is left open */
        bool second = from >= (int)size;
        struct fact fact =
            of_lane(facts, LLVMGetOperand(value, second), (unsigned)from - (second ? size : 0));
        if (fact.kind == FACT_NONE)
            return fact;
        result = fact_join(result, fact, width);
    }
    return result;
}

/* Whether the code generator computes a value of an odd width so that no bits lie beyond. */
static bool is_clean(LLVMValueRef value, int *budget)
{
    if (!LLVMIsAInstruction(value))
        return LLVMIsAConstant(value);
    if (LLVMIsACallInst(value) || LLVMIsAExtractValueInst(value)) {
        LLVMValueRef call = LLVMIsACallInst(value) ? value : LLVMGetOperand(value, 0);
        return LLVMIsACallInst(call) && fact_width(LLVMTypeOf(value)) == 1 &&
               LLVMIsAFunction(LLVMGetCalledValue(call)) &&
               LLVMGetIntrinsicID(LLVMGetCalledValue(call));
    }
    unsigned first = LLVMIsASelectInst(value) ? 1 : 0;
    unsigned end = (unsigned)LLVMGetNumOperands(value);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMICmp:
    case LLVMFCmp:
    case LLVMTrunc:
        return true;
    case LLVMInsertElement:
        end = 2;
        break;
    case LLVMExtractElement:
        end = 1;
        break;
    case LLVMAnd:
    case LLVMOr:
    case LLVMXor:
    case LLVMSelect:
    case LLVMPHI:
    case LLVMFreeze:
    case LLVMShuffleVector:
        break;
    default:
        return false;
    }
    for (unsigned i = first; i < end; i++) {
        if (--*budget < 0 || !is_clean(LLVMGetOperand(value, i), budget))
            return false;
    }
    return true;
}

/*
 * What an extension sees of a number of a width that no register has: what comes from memory,
 * from other code or out of a conversion may bring more bits with it.
 */
static struct fact from_register(LLVMValueRef value, struct fact fact)
{
    unsigned width = fact_width(LLVMTypeOf(value)), container = 8;
    int budget = PHI_BUDGET;

    while (container < width)
        container *= 2;
    if (container == width || width > WORD || is_clean(value, &budget))
        return fact;
    struct fact any = fact_any(container);
    any.definite = any.frozen = fact.definite;
    return any;
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
        result = fact_add(opcode, a, b, width);
        break;
    case LLVMOr:
        result = fact_or(a, b, width);
        break;
    case LLVMAnd:
        result = fact_and(a, b, width);
        break;
    case LLVMShl:
    case LLVMLShr:
    case LLVMAShr:
    case LLVMUDiv:
    case LLVMURem:
        result = fact_divide(opcode, a, b, width);
        break;
    case LLVMZExt:
    case LLVMSExt:
        result = fact_cast(opcode, from_register(LLVMGetOperand(value, 0), a), width);
        break;
    case LLVMTrunc:
        result = fact_cast(opcode, a, width);
        break;
    default:
        result = fact_any(width);
    }
    result.definite = a.definite && (!binary || b.definite);
    /*
     * A shift by as many bits as there are, or more, is poison; nothing else here makes any.
     * The code generator sees that of a constant only; for another it emits a shift, whose
     * result is one value whatever the processor makes of it.
     */
    bool shift = opcode == LLVMShl || opcode == LLVMLShr || opcode == LLVMAShr;
    if (shift && LLVMIsAConstant(LLVMGetOperand(value, 1)) &&
        !(b.kind == FACT_NUMBER && b.is_unsigned.hi < (bound)width))
        return fact_indefinite(width);
    return result;
}

static struct fact of_instruction(const struct facts *facts, LLVMValueRef value)
{
    unsigned width = fact_width_or_word(LLVMTypeOf(value));
    struct fact result;

    if (!fact_width(LLVMTypeOf(value)) && !LLVMIsAPHINode(value) && !LLVMIsAFreezeInst(value) &&
        !LLVMIsASelectInst(value))
        return of_anything(facts, value, width);
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMAlloca:
        return facts_of_object(facts, value);
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
        return facts_of(facts, LLVMGetOperand(value, 0));
    case LLVMPtrToInt:
    case LLVMIntToPtr:
        result = facts_of(facts, LLVMGetOperand(value, 0));
        /* A pointer of another width than the integer is cut or extended. */
        if (fact_width(LLVMTypeOf(LLVMGetOperand(value, 0))) == width)
            return result;
        return result.kind == FACT_NUMBER
                   ? fact_cast(width < WORD ? LLVMTrunc : LLVMZExt, result, width)
                   : fact_any(width);
    case LLVMInsertElement:
        return of_insertion(facts, value, width);
    case LLVMShuffleVector:
        return of_shuffle(facts, value, width);
    case LLVMExtractElement:
        return is_element(LLVMGetOperand(value, 0), LLVMGetOperand(value, 1))
                   ? of_lane(facts, LLVMGetOperand(value, 0),
                             (unsigned)LLVMConstIntGetZExtValue(LLVMGetOperand(value, 1)))
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

struct fact facts_transfer(const struct facts *facts, LLVMValueRef value)
{
    struct fact result = of_instruction(facts, value);

    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMFreeze:
        result.frozen = result.kind != FACT_NONE;
        break;
    case LLVMPtrToInt:
    case LLVMIntToPtr:
        result.frozen = facts_of(facts, LLVMGetOperand(value, 0)).frozen;
        break;
    case LLVMPHI:
        result.frozen = result.frozen || result.definite;
        break;
    default:
        result.frozen = result.definite;
    }
    return result;
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
        return facts_of_global(value);
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
            return fact_add(LLVMGetConstOpcode(value),
                            facts_of(facts, LLVMGetOperand(value, 0)),
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
        return facts_object_size(facts, value, &size) ? facts_of_object(facts, value)
                                                      : fact_any(width);
    if (!fact_width(LLVMTypeOf(value))) {
        struct fact fact = fact_any(width);
        fact.definite = fact.frozen = is_definite(facts, value);
        return fact;
    }
    return of_constant(facts, value, width);
}
