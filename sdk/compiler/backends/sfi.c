/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Software fault isolation: the split bit of every address is set. */
#include "backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

/* The integer type that holds `pointer`: i64, or a vector of them. */
static LLVMTypeRef integer_type(LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);
    LLVMTypeRef word = LLVMInt64TypeInContext(LLVMGetTypeContext(type));

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        return LLVMVectorType(word, LLVMGetVectorSize(type));
    return word;
}

static LLVMValueRef split_constant(LLVMTypeRef type)
{
    if (LLVMGetTypeKind(type) != LLVMVectorTypeKind)
        return LLVMConstInt(type, MEMSENTRY_SPLIT, 0);
    unsigned size = LLVMGetVectorSize(type);
    LLVMValueRef *elements = calloc(size, sizeof *elements);
    if (!elements)
        abort();
    for (unsigned i = 0; i < size; i++)
        elements[i] = LLVMConstInt(LLVMGetElementType(type), MEMSENTRY_SPLIT, 0);
    LLVMValueRef vector = LLVMConstVector(elements, size);
    free(elements);
    return vector;
}

static LLVMValueRef mask(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    LLVMTypeRef integer = integer_type(pointer);

    /* Frozen, because `or undef, bit` may become any value at all; so may a lane's. */
    bool vector = LLVMGetTypeKind(integer) == LLVMVectorTypeKind;
    LLVMValueRef value = LLVMIsAConstant(pointer) && !LLVMIsUndef(pointer) && !vector
                             ? pointer
                             : LLVMBuildFreeze(builder, pointer, "");
    value = LLVMBuildPtrToInt(builder, value, integer, "");
    value = LLVMBuildOr(builder, value, split_constant(integer), "");
    return LLVMBuildIntToPtr(builder, value, LLVMTypeOf(pointer), "masked");
}

static LLVMValueRef mask_here(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);
    char code[32];

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
        LLVMTypeRef index = LLVMInt32TypeInContext(LLVMGetTypeContext(type));
        for (unsigned i = 0; i < LLVMGetVectorSize(type); i++) {
            LLVMValueRef at = LLVMConstInt(index, i, 0);
            LLVMValueRef element = LLVMBuildExtractElement(builder, pointer, at, "");
            element = mask_here(builder, element);
            pointer = LLVMBuildInsertElement(builder, pointer, element, at, "");
        }
        return pointer;
    }
    snprintf(code, sizeof code, "btsq $$%d, $0", MEMSENTRY_SPLIT_BIT);
    const char *constraints = "=r,0,~{flags}";
    LLVMTypeRef signature = LLVMFunctionType(type, &type, 1, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(signature, code, strlen(code), constraints, strlen(constraints), 1, 0,
                         LLVMInlineAsmDialectATT, 0);
    return LLVMBuildCall2(builder, signature, assembly, &pointer, 1, "masked");
}

static bool is_masked(LLVMValueRef pointer);

static bool constant_has_bit(LLVMValueRef value)
{
    return LLVMIsAConstantInt(value) && (LLVMConstIntGetZExtValue(value) & MEMSENTRY_SPLIT);
}

static bool integer_has_bit(LLVMValueRef value)
{
    if (LLVMGetIntTypeWidth(LLVMTypeOf(value)) != 64)
        return false;
    if (constant_has_bit(value))
        return true;
    if (!LLVMIsAInstruction(value))
        return false;
    switch (LLVMGetInstructionOpcode(value)) {
    case LLVMOr:
        return constant_has_bit(LLVMGetOperand(value, 0)) ||
               constant_has_bit(LLVMGetOperand(value, 1));
    case LLVMAnd: /* an alignment */
        return constant_has_bit(LLVMGetOperand(value, 1)) &&
               integer_has_bit(LLVMGetOperand(value, 0));
    case LLVMPtrToInt: {
        LLVMValueRef pointer = LLVMGetOperand(value, 0);
        return is_masked(pointer);
    }
    default:
        return false;
    }
}

static bool is_masked(LLVMValueRef pointer)
{
    return LLVMIsAIntToPtrInst(pointer) &&
           LLVMGetTypeKind(LLVMTypeOf(pointer)) == LLVMPointerTypeKind &&
           integer_has_bit(LLVMGetOperand(pointer, 0));
}

static LLVMValueRef is_outside(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    LLVMTypeRef word = integer_type(pointer);
    LLVMValueRef value = LLVMBuildPtrToInt(builder, pointer, word, "");

    value = LLVMBuildAnd(builder, value, split_constant(word), "");
    return LLVMBuildICmp(builder, LLVMIntEQ, value, LLVMConstNull(word), "outside");
}

extern const struct backend backend_sfi;
const struct backend backend_sfi = {
    .name = "sfi",
    .mask = mask,
    .mask_here = mask_here,
    .is_masked = is_masked,
    .is_outside = is_outside,
};
