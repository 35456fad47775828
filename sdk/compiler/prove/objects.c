/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Objects that have an address of their own, and sizes of types. */
#include "facts.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#define WORD 64

bool facts_has_size(LLVMTypeRef type)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMScalableVectorTypeKind:
    case LLVMTargetExtTypeKind:
        return false;
    case LLVMArrayTypeKind:
        return facts_has_size(LLVMGetElementType(type));
    case LLVMStructTypeKind:
        for (unsigned i = 0; i < LLVMCountStructElementTypes(type); i++) {
            if (!facts_has_size(LLVMStructGetTypeAtIndex(type, i)))
                return false;
        }
        return LLVMTypeIsSized(type);
    default:
        return LLVMTypeIsSized(type);
    }
}

bool facts_type_size(const struct facts *facts, LLVMTypeRef type, uint64_t *size)
{
    if (!facts_has_size(type))
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
    return type && facts_has_size(type) &&
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
struct fact facts_of_object(const struct facts *facts, LLVMValueRef object)
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

struct fact facts_of_global(LLVMValueRef global)
{
    /* The block of thread-local variables is found through memory. */
    if (LLVMIsAGlobalVariable(global) && LLVMIsThreadLocal(global))
        return fact_any(WORD);
    return fact_confined(range_of(0, 0));
}
