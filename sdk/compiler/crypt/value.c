/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Values as bytes in two registers; see value.h. */
#include "value.h"

#include <llvm-c/Core.h>

#include <memsentry/crypt.h>

#define BITS (8 * MEMSENTRY_CRYPT_BLOCK)

bool value_is_small(LLVMTargetDataRef layout, LLVMTypeRef type)
{
    LLVMTypeKind kind = LLVMGetTypeKind(type);

    if (kind == LLVMVectorTypeKind) {
        /* A vector of pointers is no vector of bits. */
        kind = LLVMGetTypeKind(LLVMGetElementType(type));
        if (kind == LLVMPointerTypeKind)
            return false;
    }
    switch (kind) {
    case LLVMIntegerTypeKind:
    case LLVMPointerTypeKind:
    case LLVMHalfTypeKind:
    case LLVMBFloatTypeKind:
    case LLVMFloatTypeKind:
    case LLVMDoubleTypeKind:
    case LLVMX86_FP80TypeKind:
    case LLVMFP128TypeKind:
        return LLVMStoreSizeOfType(layout, type) <= MEMSENTRY_CRYPT_BLOCK;
    default:
        return false;
    }
}

static LLVMTypeRef bits_of(LLVMTargetDataRef layout, LLVMTypeRef type)
{
    return LLVMIntTypeInContext(LLVMGetTypeContext(type),
                                (unsigned)LLVMSizeOfTypeInBits(layout, type));
}

static LLVMTypeRef all_bits(LLVMContextRef context)
{
    return LLVMIntTypeInContext(context, BITS);
}

struct halves value_split(LLVMBuilderRef builder, LLVMTargetDataRef layout, LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value), bits = bits_of(layout, type);
    LLVMContextRef context = LLVMGetTypeContext(type);
    LLVMTypeRef half = LLVMInt64TypeInContext(context);
    LLVMTypeRef all = all_bits(context);

    value = LLVMGetTypeKind(type) == LLVMPointerTypeKind
                ? LLVMBuildPtrToInt(builder, value, bits, "")
                : LLVMBuildBitCast(builder, value, bits, "");
    value = LLVMBuildZExt(builder, value, all, "");
    return (struct halves){
        LLVMBuildTrunc(builder, value, half, ""),
        LLVMBuildTrunc(builder,
                       LLVMBuildLShr(builder, value, LLVMConstInt(all, BITS / 2, 0), ""), half,
                       ""),
    };
}

LLVMValueRef value_join(LLVMBuilderRef builder, LLVMTargetDataRef layout, LLVMTypeRef type,
                        LLVMValueRef halves)
{
    LLVMTypeRef bits = bits_of(layout, type), all = all_bits(LLVMGetTypeContext(type));
    LLVMValueRef low =
        LLVMBuildZExt(builder, LLVMBuildExtractValue(builder, halves, 0, ""), all, "");
    LLVMValueRef high =
        LLVMBuildZExt(builder, LLVMBuildExtractValue(builder, halves, 1, ""), all, "");

    high = LLVMBuildShl(builder, high, LLVMConstInt(all, BITS / 2, 0), "");
    LLVMValueRef value = LLVMBuildTrunc(builder, LLVMBuildOr(builder, low, high, ""), bits, "");
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind
               ? LLVMBuildIntToPtr(builder, value, type, "")
               : LLVMBuildBitCast(builder, value, type, "");
}

LLVMTypeRef value_halves_type(LLVMContextRef context)
{
    LLVMTypeRef half = LLVMInt64TypeInContext(context), halves[] = {half, half};

    return LLVMStructTypeInContext(context, halves, 2, 0);
}
