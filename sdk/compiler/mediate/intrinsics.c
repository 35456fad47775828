/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * LLVM says whether an intrinsic may touch memory, and which way; intrinsics.def says how far
 * it goes. Where both are silent the answer is that it may reach any address.
 */
#include "intrinsics.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#include "../bounds/displacement.h"
#include "../bridge/bridge.h"
#include "../calls/reach.h"
#include "../config.h"

static_assert(((wide)REACH_TILE_ROWS << (INTRINSIC_STRIDE_BITS - 1)) + REACH_TILE_ROW_SIZE <=
                  (wide)MEMSENTRY_GUARD_REACH,
              "rows of a bounded stride stay within the guard");

const char *called_intrinsic(LLVMValueRef instruction)
{
    size_t length;

    if (!is_call(instruction))
        return NULL;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    if (!LLVMIsAFunction(callee) || !LLVMGetIntrinsicID(callee))
        return NULL;
    return LLVMIntrinsicGetName(LLVMGetIntrinsicID(callee), &length);
}

static enum reach reach_of(LLVMValueRef call)
{
    const char *name = called_intrinsic(call);
    enum reach reach = name ? intrinsic_reach(name) : REACH_UNKNOWN;

    if (!name || reach != REACH_UNKNOWN)
        return reach;
    return bridge_may_read(call) || bridge_may_write(call) ? REACH_UNKNOWN : REACH_NOTHING;
}

bool intrinsic_is_unknown(LLVMValueRef call)
{
    enum reach reach = reach_of(call);

    return reach == REACH_UNKNOWN || reach == REACH_REFUSED;
}

LLVMValueRef intrinsic_length(LLVMTargetDataRef layout, LLVMValueRef call, uint64_t *unit)
{
    enum reach reach = reach_of(call);

    if (reach != REACH_TRANSFER && reach != REACH_FILL && reach != REACH_PATTERN)
        return NULL;
    *unit = 1;
    if (reach == REACH_PATTERN)
        *unit = LLVMABISizeOfType(layout, LLVMTypeOf(LLVMGetOperand(call, 1)));
    return LLVMGetOperand(call, ACCESS_LENGTH_OPERAND);
}

static bool is_pointer(LLVMValueRef value)
{
    return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMPointerTypeKind;
}

static unsigned first_pointer(LLVMValueRef call)
{
    unsigned index = 0;

    while (index < LLVMGetNumArgOperands(call) && !is_pointer(LLVMGetOperand(call, index)))
        index++;
    return index;
}

bool intrinsic_indexed(LLVMValueRef call, struct indexed *operands)
{
    if (reach_of(call) != REACH_INDEXED)
        return false;
    /* Loads take what goes into masked lanes first, stores their mask second. */
    *operands = (struct indexed){first_pointer(call), 2, 4};
    return LLVMGetNumArgOperands(call) == 5;
}

bool intrinsic_restores(LLVMValueRef call)
{
    return reach_of(call) == REACH_RESTORE;
}

unsigned intrinsic_stride(LLVMValueRef call)
{
    return reach_of(call) == REACH_ROWS ? first_pointer(call) + 1 : 0;
}

/* From the pointer on; the whole of what is loaded or stored. */
static struct interval vector_extent(LLVMTargetDataRef layout, LLVMValueRef call)
{
    LLVMTypeRef type = LLVMTypeOf(call);

    if (LLVMGetTypeKind(type) == LLVMVoidTypeKind)
        type = LLVMTypeOf(LLVMGetOperand(call, 0));
    return access_extent(access_size(layout, type));
}

/* Indices of fewer than 64 bits, scaled by 8 at most; others are confined one by one. */
static struct interval indexed_extent(LLVMValueRef call)
{
    struct indexed operands;

    if (!intrinsic_indexed(call, &operands))
        return interval_unknown();
    LLVMTypeRef type = LLVMTypeOf(LLVMGetOperand(call, operands.indices));
    LLVMTypeRef index =
        LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type;
    if (LLVMGetTypeKind(index) != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(index) > 32)
        return interval_unknown();
    wide reach = (wide)8 << (LLVMGetIntTypeWidth(index) - 1);
    return (struct interval){-reach, reach + REACH_SMALL_SIZE};
}

static struct interval columns_extent(LLVMTargetDataRef layout, LLVMValueRef call)
{
    LLVMTypeRef vector = LLVMTypeOf(call);
    bool load = LLVMGetTypeKind(vector) != LLVMVoidTypeKind;
    unsigned stride = first_pointer(call) + 1;

    if (!load)
        vector = LLVMTypeOf(LLVMGetOperand(call, 0));
    wide element = (wide)LLVMABISizeOfType(layout, LLVMGetElementType(vector));
    wide columns = (wide)LLVMConstIntGetZExtValue(LLVMGetOperand(call, stride + 3));
    struct interval last = interval_scale(interval_of_value(LLVMGetOperand(call, stride), true),
                                          element * columns);
    return interval_add(interval_union(last, interval_of_constant(0)),
                        access_extent(access_size(layout, vector)));
}

/* Where the last row lies for the strides that the check lets pass. */
static struct interval rows_extent(void)
{
    wide reach = (wide)REACH_TILE_ROWS << (INTRINSIC_STRIDE_BITS - 1);

    return (struct interval){-reach, reach + REACH_TILE_ROW_SIZE};
}

static struct interval extent_of(LLVMTargetDataRef layout, LLVMValueRef call, enum reach reach)
{
    switch (reach) {
    case REACH_TRANSFER:
    case REACH_FILL:
    case REACH_PATTERN: {
        uint64_t unit;
        struct interval length =
            interval_of_value(intrinsic_length(layout, call, &unit), false);
        return access_extent(interval_scale(length, (wide)unit));
    }
    case REACH_VECTOR:
        return vector_extent(layout, call);
    case REACH_SMALL:
    case REACH_RESTORE:
        return access_extent(interval_of_constant(REACH_SMALL_SIZE));
    case REACH_INDEXED:
        return indexed_extent(call);
    case REACH_ROWS:
        return rows_extent();
    case REACH_COLUMNS:
        return columns_extent(layout, call);
    case REACH_STACK:
        return interval_of_constant(0);
    default:
        return interval_unknown();
    }
}

bool intrinsic_access(LLVMTargetDataRef layout, LLVMValueRef call, unsigned index,
                      struct access *access)
{
    enum reach reach = reach_of(call);

    if (reach == REACH_NOTHING || reach == REACH_UNKNOWN || reach == REACH_REFUSED)
        return false;
    if (reach == REACH_TRANSFER || reach == REACH_FILL || reach == REACH_PATTERN)
        access->mode = index == 0 ? ACCESS_WRITE : ACCESS_READ;
    else
        access->mode = (bridge_argument_may_read(call, index) ? ACCESS_READ : 0) |
                       (bridge_argument_may_write(call, index) ? ACCESS_WRITE : 0);
    access->is_stack = reach == REACH_STACK;
    access->extent = extent_of(layout, call, reach);
    return access->mode && (index == 0 || reach != REACH_FILL) &&
           (index < 2 || reach != REACH_TRANSFER) && (index == 0 || reach != REACH_PATTERN);
}
