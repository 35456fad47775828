/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Chains of getelementptr, and the objects at their ends. */
#include "displacement.h"

#include <llvm-c/Core.h>

static bool is_sized(LLVMTypeRef type)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMScalableVectorTypeKind:
    case LLVMTargetExtTypeKind:
        return false;
    case LLVMArrayTypeKind:
        return is_sized(LLVMGetElementType(type));
    case LLVMStructTypeKind:
        for (unsigned i = 0; i < LLVMCountStructElementTypes(type); i++) {
            if (!is_sized(LLVMStructGetTypeAtIndex(type, i)))
                return false;
        }
        return LLVMTypeIsSized(type);
    default:
        return LLVMTypeIsSized(type);
    }
}

struct interval access_size(LLVMTargetDataRef layout, LLVMTypeRef type)
{
    if (!is_sized(type))
        return interval_unknown();
    return interval_of_constant((wide)LLVMStoreSizeOfType(layout, type));
}

static struct interval element_offset(LLVMTargetDataRef layout, LLVMTypeRef element,
                                      LLVMValueRef index)
{
    if (!is_sized(element))
        return interval_unknown();
    /* An index of fewer than 64 bits is sign-extended. */
    return interval_scale(interval_of_value(index, true),
                          (wide)LLVMABISizeOfType(layout, element));
}

static struct interval gep_offset(LLVMTargetDataRef layout, LLVMValueRef gep)
{
    LLVMTypeRef type = LLVMGetGEPSourceElementType(gep);
    struct interval offset = element_offset(layout, type, LLVMGetOperand(gep, 1));

    for (int i = 2; i < LLVMGetNumOperands(gep); i++) {
        LLVMValueRef index = LLVMGetOperand(gep, (unsigned)i);
        if (LLVMGetTypeKind(type) == LLVMStructTypeKind) {
            unsigned field = (unsigned)LLVMConstIntGetZExtValue(index);
            if (!is_sized(type))
                return interval_unknown();
            offset = interval_add(
                offset, interval_of_constant((wide)LLVMOffsetOfElement(layout, type, field)));
            type = LLVMStructGetTypeAtIndex(type, field);
        } else {
            type = LLVMGetElementType(type);
            offset = interval_add(offset, element_offset(layout, type, index));
        }
    }
    return offset;
}

static bool is_scalar_gep(LLVMValueRef value)
{
    bool gep = LLVMIsAGetElementPtrInst(value) ||
               (LLVMIsAConstantExpr(value) && LLVMGetConstOpcode(value) == LLVMGetElementPtr);

    return gep && LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMPointerTypeKind &&
           LLVMGetNumOperands(value) <= CHAIN_INDICES_MAX;
}

void chain_of_pointer(LLVMTargetDataRef layout, LLVMValueRef pointer, struct chain *chain)
{
    chain->length = 1;
    chain->link[0] = pointer;
    chain->distance[0] = interval_of_constant(0);
    while (chain->length < CHAIN_MAX && is_scalar_gep(pointer)) {
        unsigned k = chain->length++;
        chain->distance[k] = interval_add(chain->distance[k - 1], gep_offset(layout, pointer));
        pointer = LLVMGetOperand(pointer, 0);
        chain->link[k] = pointer;
    }
}

static bool byval_size(LLVMTargetDataRef layout, LLVMValueRef argument, uint64_t *size)
{
    LLVMValueRef function = LLVMGetParamParent(argument);
    unsigned kind = LLVMGetEnumAttributeKindForName("byval", 5);

    for (unsigned i = 0; i < LLVMCountParams(function); i++) {
        if (LLVMGetParam(function, i) != argument)
            continue;
        LLVMAttributeRef attribute = LLVMGetEnumAttributeAtIndex(function, i + 1, kind);
        if (!attribute)
            return false;
        *size = LLVMABISizeOfType(layout, LLVMGetTypeAttributeValue(attribute));
        return true;
    }
    return false;
}

bool object_size(LLVMTargetDataRef layout, LLVMValueRef object, uint64_t *size)
{
    if (LLVMIsAArgument(object))
        return byval_size(layout, object, size);
    if (!LLVMIsAAllocaInst(object))
        return false;
    LLVMBasicBlockRef block = LLVMGetInstructionParent(object);
    LLVMTypeRef type = LLVMGetAllocatedType(object);
    LLVMValueRef count = LLVMGetOperand(object, 0);
    if (block != LLVMGetEntryBasicBlock(LLVMGetBasicBlockParent(block)) || !is_sized(type) ||
        !LLVMIsAConstantInt(count))
        return false;
    return !__builtin_mul_overflow(LLVMABISizeOfType(layout, type),
                                   LLVMConstIntGetZExtValue(count), size);
}

bool leads_into_variable(LLVMTargetDataRef layout, LLVMValueRef pointer)
{
    struct chain chain;
    LLVMTypeRef type = LLVMTypeOf(pointer);

    if (LLVMGetTypeKind(type) != LLVMPointerTypeKind || LLVMGetPointerAddressSpace(type) != 0)
        return false;
    chain_of_pointer(layout, pointer, &chain);
    LLVMValueRef root = chain.link[chain.length - 1];
    return LLVMIsAAllocaInst(root) || LLVMIsAGlobalVariable(root);
}
