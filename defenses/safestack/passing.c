/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * See passing.h. This follows LLVM's code generator, to which clang hands arguments whose class
 * it has settled: an aggregate that is not a byval pointer is the list of its elements.
 *
 * A mistake here costs a wrong argument, not protection: only ordinary memory is read and
 * written by what comes of it.
 */
#include "passing.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#define SLOT 8

static uint64_t align_to(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/* Takes room on the stack. Returns its address in the copy, or NULL when there is none. */
static LLVMValueRef on_stack(struct passing *p, uint64_t size, uint64_t alignment)
{
    uint64_t offset = align_to(p->stack, alignment);

    if (alignment > p->alignment)
        p->alignment = alignment;
    p->stack = offset + align_to(size, SLOT);
    if (!p->copy)
        return NULL;
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(p->copy));
    LLVMValueRef index = LLVMConstInt(LLVMInt64TypeInContext(context), offset, 0);
    return LLVMBuildGEP2(p->builder, LLVMInt8TypeInContext(context), p->copy, &index, 1, "");
}

static void value_on_stack(struct passing *p, LLVMValueRef value, uint64_t size)
{
    LLVMValueRef address = on_stack(p, size, size);

    if (address)
        LLVMSetAlignment(LLVMBuildStore(p->builder, value, address), SLOT);
}

static void integer(struct passing *p, LLVMTypeRef type, LLVMValueRef value)
{
    unsigned width =
        LLVMGetTypeKind(type) == LLVMPointerTypeKind ? 64 : LLVMGetIntTypeWidth(type);

    if (width > 128) {
        p->unknown = true;
    } else if (width > 64) {
        /* Both halves in registers or none. */
        if (p->general + 2 <= GENERAL_REGISTERS) {
            p->general += 2;
        } else {
            p->disputed = p->disputed || p->general < GENERAL_REGISTERS;
            value_on_stack(p, value, 16);
        }
    } else if (p->general < GENERAL_REGISTERS) {
        p->general++;
    } else {
        value_on_stack(p, value, SLOT);
    }
}

static void vector(struct passing *p, LLVMTypeRef type, LLVMValueRef value)
{
    uint64_t size = LLVMStoreSizeOfType(p->layout, type);

    /* Others are widened, split or kept in memory as the processor has it. */
    if (size != 16 && (size != 8 || p->vector == VECTOR_REGISTERS))
        p->unknown = true;
    else if (p->vector < VECTOR_REGISTERS)
        p->vector++;
    else
        value_on_stack(p, value, 16);
}

static void elements(struct passing *p, LLVMTypeRef type, LLVMValueRef value)
{
    bool structure = LLVMGetTypeKind(type) == LLVMStructTypeKind;
    unsigned count =
        structure ? LLVMCountStructElementTypes(type) : (unsigned)LLVMGetArrayLength2(type);

    for (unsigned i = 0; i < count; i++) {
        LLVMTypeRef element =
            structure ? LLVMStructGetTypeAtIndex(type, i) : LLVMGetElementType(type);
        passing_value(p, element,
                      p->copy ? LLVMBuildExtractValue(p->builder, value, i, "") : NULL);
    }
}

void passing_value(struct passing *p, LLVMTypeRef type, LLVMValueRef value)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMIntegerTypeKind:
    case LLVMPointerTypeKind:
        integer(p, type, value);
        break;
    case LLVMHalfTypeKind:
    case LLVMBFloatTypeKind:
    case LLVMFloatTypeKind:
    case LLVMDoubleTypeKind:
        if (p->vector < VECTOR_REGISTERS)
            p->vector++;
        else
            value_on_stack(p, value, SLOT);
        break;
    case LLVMFP128TypeKind:
    case LLVMVectorTypeKind:
        vector(p, type, value);
        break;
    case LLVMX86_FP80TypeKind:
        value_on_stack(p, value, 16);
        break;
    case LLVMStructTypeKind:
    case LLVMArrayTypeKind:
        elements(p, type, value);
        break;
    default:
        p->unknown = true;
        break;
    }
}

void passing_object(struct passing *p, LLVMTypeRef type, uint64_t alignment,
                    LLVMValueRef pointer)
{
    uint64_t size = LLVMABISizeOfType(p->layout, type);

    if (!size) {
        p->unknown = true;
        return;
    }
    LLVMValueRef address = on_stack(p, size, alignment > SLOT ? alignment : SLOT);
    if (!address)
        return;
    LLVMTypeRef word = LLVMInt64TypeInContext(LLVMGetTypeContext(LLVMTypeOf(address)));
    LLVMBuildMemCpy(p->builder, address, SLOT, pointer, 1, LLVMConstInt(word, size, 0));
}
