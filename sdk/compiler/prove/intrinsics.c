/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that intrinsics access: their table says how far, this says whether that is proved. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../calls/reach.h"
#include "../config.h"

static enum reach reach_of(LLVMValueRef call)
{
    size_t length;
    enum reach reach = intrinsic_reach(
        LLVMIntrinsicGetName(LLVMGetIntrinsicID(LLVMGetCalledValue(call)), &length));

    if (reach != REACH_UNKNOWN)
        return reach;
    return bridge_may_read(call) || bridge_may_write(call) ? REACH_UNKNOWN : REACH_NOTHING;
}

static unsigned mode_of(LLVMValueRef call, unsigned index)
{
    return (bridge_argument_may_read(call, index) ? ACCESS_READ : 0) |
           (bridge_argument_may_write(call, index) ? ACCESS_WRITE : 0);
}

static bool is_pointer(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind ||
        LLVMGetTypeKind(type) == LLVMScalableVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind;
}

static unsigned first_pointer(LLVMValueRef call)
{
    unsigned index = 0;

    while (index < LLVMGetNumArgOperands(call) && !is_pointer(LLVMGetOperand(call, index)))
        index++;
    return index;
}

static void judge_pointers(const struct judge *judge, LLVMValueRef call, struct range extent)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (is_pointer(LLVMGetOperand(call, i)))
            judge_access(judge, call, LLVMGetOperand(call, i), extent, mode_of(call, i));
    }
}

/* memcpy and its like: a length of `unit` bytes each, and `pointers` ranges of that length. */
static void judge_transfer(const struct judge *judge, LLVMValueRef call, unsigned pointers,
                           uint64_t unit)
{
    LLVMValueRef length = LLVMGetOperand(call, 2);
    struct fact fact = facts_of(judge->facts, length);
    bound reach = (bound)MEMSENTRY_GUARD_REACH;
    bound longest = fact.kind == FACT_NUMBER ? fact.is_unsigned.hi : reach;
    bool used = (judge->mode & ACCESS_WRITE) || pointers > 1;

    longest = longest > reach / (bound)unit ? reach : longest * (bound)unit;
    for (unsigned i = 0; i < pointers; i++)
        judge_access(judge, call, LLVMGetOperand(call, i), range_of(0, longest),
                     i ? ACCESS_READ : ACCESS_WRITE);
    if (used && !memsentry_is_saferegion_access(call) &&
        !judge_length(judge, call, length, MEMSENTRY_GUARD_REACH / unit))
        judge_fail(judge, call, length, "this length stays within the guard");
}

static bool type_size(const struct judge *judge, LLVMTypeRef type, bound *size)
{
    uint64_t bytes;

    if (LLVMGetTypeKind(type) == LLVMVoidTypeKind ||
        !facts_type_size(judge->facts, type, &bytes))
        return false;
    *size = (bound)bytes;
    return true;
}

/* The type that is loaded or stored. */
static LLVMTypeRef accessed_type(LLVMValueRef call)
{
    LLVMTypeRef type = LLVMTypeOf(call);

    return LLVMGetTypeKind(type) == LLVMVoidTypeKind ? LLVMTypeOf(LLVMGetOperand(call, 0))
                                                     : type;
}

static bool scale(struct range *range, bound factor)
{
    bound lo, hi;

    if (__builtin_mul_overflow(range->lo, factor, &lo) ||
        __builtin_mul_overflow(range->hi, factor, &hi))
        return false;
    *range = range_of(lo < hi ? lo : hi, lo < hi ? hi : lo);
    return true;
}

static struct range signed_range(const struct judge *judge, LLVMValueRef value)
{
    struct fact fact = facts_of(judge->facts, value);

    return fact.kind == FACT_NUMBER ? fact.is_signed
                                    : fact_any(fact_width(LLVMTypeOf(value))).is_signed;
}

/* Base and vector of scaled indices: small indices, or lanes that are addresses themselves. */
static void judge_indexed(const struct judge *judge, LLVMValueRef call)
{
    unsigned at = first_pointer(call);
    LLVMValueRef base = LLVMGetOperand(call, at), lanes = LLVMGetOperand(call, 2);
    struct range extent = signed_range(judge, lanes);

    if (LLVMGetNumArgOperands(call) != 5 ||
        !scale(&extent, (bound)LLVMConstIntGetZExtValue(LLVMGetOperand(call, 4)))) {
        judge_fail(judge, call, NULL, "this intrinsic stays out of the safe regions");
        return;
    }
    if (LLVMIsNull(base) && LLVMConstIntGetZExtValue(LLVMGetOperand(call, 4)) == 1)
        judge_access(judge, call, lanes, range_of(0, REACH_SMALL_SIZE), mode_of(call, at));
    else
        judge_access(judge, call, base, range_add(extent, range_of(0, REACH_SMALL_SIZE)),
                     mode_of(call, at));
}

/* Rows at the distance that the operand after the pointer says. */
static void judge_rows(const struct judge *judge, LLVMValueRef call)
{
    unsigned at = first_pointer(call);
    struct range extent = signed_range(judge, LLVMGetOperand(call, at + 1));

    scale(&extent, REACH_TILE_ROWS);
    if (extent.lo > 0)
        extent.lo = 0;
    judge_access(judge, call, LLVMGetOperand(call, at),
                 range_add(extent, range_of(0, REACH_TILE_ROW_SIZE)), mode_of(call, at));
}

static void judge_columns(const struct judge *judge, LLVMValueRef call)
{
    unsigned at = first_pointer(call);
    LLVMTypeRef type = accessed_type(call);
    struct range extent = signed_range(judge, LLVMGetOperand(call, at + 1));
    bound columns = (bound)LLVMConstIntGetZExtValue(LLVMGetOperand(call, at + 4));
    bound all, element;

    if (!type_size(judge, type, &all) ||
        !type_size(judge, LLVMGetElementType(type), &element) ||
        !scale(&extent, columns * element)) {
        judge_fail(judge, call, NULL, "this intrinsic stays out of the safe regions");
        return;
    }
    if (extent.lo > 0)
        extent.lo = 0;
    if (extent.hi < 0)
        extent.hi = 0;
    judge_access(judge, call, LLVMGetOperand(call, at), range_add(extent, range_of(0, all)),
                 mode_of(call, at));
}

static bool uses_its_address(const struct judge *judge, LLVMValueRef call)
{
    return ((judge->mode & ACCESS_READ) && bridge_may_read(call)) ||
           ((judge->mode & ACCESS_WRITE) && bridge_may_write(call));
}

void judge_intrinsic(const struct judge *judge, LLVMValueRef call)
{
    bound size;

    switch (reach_of(call)) {
    case REACH_NOTHING:
        break;
    case REACH_TRANSFER:
        judge_transfer(judge, call, 2, 1);
        break;
    case REACH_FILL:
        judge_transfer(judge, call, 1, 1);
        break;
    case REACH_PATTERN:
        judge_transfer(
            judge, call, 1,
            LLVMABISizeOfType(judge->facts->layout, LLVMTypeOf(LLVMGetOperand(call, 1))));
        break;
    case REACH_VECTOR:
        if (!type_size(judge, accessed_type(call), &size))
            size = 2 * (bound)MEMSENTRY_GUARD_REACH; /* more than can be proved */
        judge_pointers(judge, call, range_of(0, size));
        break;
    case REACH_RESTORE:
        if (judge->facts->check)
            judge_fail(judge, call, NULL, "the bound registers stay as they are");
        judge_pointers(judge, call, range_of(0, REACH_SMALL_SIZE));
        break;
    case REACH_SMALL:
        judge_pointers(judge, call, range_of(0, REACH_SMALL_SIZE));
        break;
    case REACH_INDEXED:
        judge_indexed(judge, call);
        break;
    case REACH_ROWS:
        judge_rows(judge, call);
        break;
    case REACH_COLUMNS:
        judge_columns(judge, call);
        break;
    case REACH_STACK:
        /* A safe stack is restored to what its defense kept. */
        if (judge->facts->stack == STACK_NORMAL)
            judge_access(judge, call, LLVMGetOperand(call, 0), range_of(0, 0),
                         ACCESS_READ | ACCESS_WRITE);
        break;
    default:
        if (memsentry_is_saferegion_access(call))
            judge->proof->marked++;
        else if (uses_its_address(judge, call))
            judge_fail(judge, call, NULL, "this intrinsic stays out of the safe regions");
    }
}
