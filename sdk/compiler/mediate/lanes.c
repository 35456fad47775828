/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Intrinsics that go from their pointer to where another operand leads. */
#include "mediate.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../config.h"
#include "access.h"
#include "intrinsics.h"

static LLVMTypeRef word_type(const struct mediation *m)
{
    return LLVMInt64TypeInContext(LLVMGetModuleContext(m->module));
}

static LLVMValueRef splat(const struct mediation *m, LLVMValueRef value, unsigned count)
{
    LLVMTypeRef index = LLVMInt32TypeInContext(LLVMGetModuleContext(m->module));
    LLVMTypeRef vector = LLVMVectorType(LLVMTypeOf(value), count);
    LLVMValueRef first = LLVMBuildInsertElement(m->builder, LLVMGetPoison(vector), value,
                                                LLVMConstNull(index), "");

    return LLVMBuildShuffleVector(m->builder, first, LLVMGetPoison(vector),
                                  LLVMConstNull(LLVMVectorType(index, count)), "");
}

LLVMValueRef mediate_relative(const struct mediation *m, LLVMValueRef instruction)
{
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef byte = LLVMInt8TypeInContext(context);
    const char *intrinsic = called_intrinsic(instruction);

    if (!intrinsic || strcmp(intrinsic, "llvm.load.relative"))
        return instruction;
    LLVMValueRef base = LLVMGetOperand(instruction, 0);
    LLVMValueRef offset = LLVMGetOperand(instruction, 1);
    LLVMPositionBuilderBefore(m->builder, instruction);
    LLVMValueRef entry = LLVMBuildGEP2(m->builder, byte, base, &offset, 1, "");
    LLVMValueRef load = LLVMBuildLoad2(m->builder, LLVMInt32TypeInContext(context), entry, "");
    LLVMSetAlignment(load, 4);
    LLVMReplaceAllUsesWith(instruction, LLVMBuildGEP2(m->builder, byte, base, &load, 1, ""));
    LLVMInstructionEraseFromParent(instruction);
    return load;
}

bool mediate_indexed(const struct mediation *m, LLVMValueRef call)
{
    struct indexed at;

    if (!intrinsic_indexed(call, &at) ||
        !(((m->mode & ACCESS_READ) && bridge_argument_may_read(call, at.base)) ||
          ((m->mode & ACCESS_WRITE) && bridge_argument_may_write(call, at.base))))
        return false;
    LLVMValueRef indices = LLVMGetOperand(call, at.indices);
    LLVMTypeRef vector = LLVMTypeOf(indices);
    if (LLVMGetTypeKind(vector) != LLVMVectorTypeKind ||
        LLVMGetElementType(vector) != word_type(m))
        return false;

    unsigned count = LLVMGetVectorSize(vector);
    LLVMValueRef base = LLVMGetOperand(call, at.base);
    LLVMValueRef scale = LLVMGetOperand(call, at.scale);
    LLVMTypeRef pointers = LLVMVectorType(LLVMTypeOf(base), count);
    LLVMPositionBuilderBefore(m->builder, call);
    LLVMValueRef address = LLVMBuildPtrToInt(m->builder, base, word_type(m), "");
    LLVMValueRef factor = LLVMConstInt(word_type(m), LLVMConstIntGetZExtValue(scale), 0);
    indices = LLVMBuildMul(m->builder, indices, splat(m, factor, count), "");
    indices = LLVMBuildAdd(m->builder, indices, splat(m, address, count), "");
    LLVMValueRef lanes = LLVMBuildIntToPtr(m->builder, indices, pointers, "");
    lanes = m->barrier ? m->backend->mask_here(m->builder, lanes)
                       : m->backend->mask(m->builder, lanes);
    LLVMSetOperand(call, at.indices, LLVMBuildPtrToInt(m->builder, lanes, vector, ""));
    LLVMSetOperand(call, at.base, LLVMConstNull(LLVMTypeOf(base)));
    LLVMSetOperand(call, at.scale, LLVMConstInt(LLVMTypeOf(scale), 1, 0));
    return true;
}

void mediate_stride(const struct mediation *m, LLVMValueRef call, LLVMValueRef pointer)
{
    unsigned at = intrinsic_stride(call);
    LLVMTypeRef narrow =
        LLVMIntTypeInContext(LLVMGetModuleContext(m->module), INTRINSIC_STRIDE_BITS);
    wide bound = (wide)1 << (INTRINSIC_STRIDE_BITS - 1);

    LLVMPositionBuilderBefore(m->builder, call);
    mediate_settle(m, call, at);
    LLVMValueRef stride = LLVMGetOperand(call, at);
    if (interval_within(interval_of_value(stride, true), (struct interval){-bound, bound - 1}))
        return;
    /* What the check lets pass is unchanged by this, and everything is bounded by it. */
    LLVMValueRef bounded = LLVMBuildTrunc(m->builder, stride, narrow, "");
    bounded = LLVMBuildSExt(m->builder, bounded, LLVMTypeOf(stride), "");
    LLVMSetOperand(call, at, bounded);
    LLVMValueRef offset = LLVMConstInt(word_type(m), (uint64_t)bound, 0);
    LLVMValueRef most = LLVMConstInt(word_type(m), 2 * (uint64_t)bound - 1, 0);
    LLVMValueRef shifted = LLVMBuildAdd(m->builder, stride, offset, "");
    mediate_trap(m, call, LLVMBuildICmp(m->builder, LLVMIntUGT, shifted, most, "excess"),
                 pointer, stride);
}
