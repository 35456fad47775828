/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory operands of instructions. */
#include "access.h"

#include <stdint.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bounds/displacement.h"
#include "../bridge/bridge.h"
#include "../config.h"
#include "intrinsics.h"

/* va_arg reads its list and what that points to, and writes the list. */
#define VA_ARG_SIZE (1 << 20)

/* Address spaces of LLVM's X86 that mean a segment register. */
enum {
    ADDRESS_SPACE_GS = 256,
    ADDRESS_SPACE_FS = MEMSENTRY_THREAD_ADDRESS_SPACE,
    ADDRESS_SPACE_SS = 258
};

bool is_call(LLVMValueRef instruction)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

    return opcode == LLVMCall || opcode == LLVMInvoke || opcode == LLVMCallBr;
}

struct interval access_extent(struct interval size)
{
    return (struct interval){0, size.hi};
}

static bool is_vector(LLVMTypeRef type)
{
    return LLVMGetTypeKind(type) == LLVMVectorTypeKind ||
           LLVMGetTypeKind(type) == LLVMScalableVectorTypeKind;
}

static bool is_address(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (is_vector(type))
        type = LLVMGetElementType(type);
    /* A swifterror pointer names a register. */
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind && !bridge_is_swift_error(value);
}

static unsigned address_space(LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);

    return LLVMGetPointerAddressSpace(is_vector(type) ? LLVMGetElementType(type) : type);
}

/* The variable of the unsafe stack pointer, as SafeStack's pass finds it. */
static bool is_unsafe_stack_slot(LLVMValueRef pointer)
{
    static const char code[] = MEMSENTRY_UNSAFE_STACK_OFFSET_CODE;
    size_t length;

    if (!LLVMIsACallInst(pointer) || !LLVMIsAInlineAsm(LLVMGetCalledValue(pointer)))
        return false;
    const char *text = LLVMGetInlineAsmAsmString(LLVMGetCalledValue(pointer), &length);
    return length == sizeof code - 1 && !memcmp(text, code, length);
}

/*
 * Relative to a segment register the address that is accessed is not the value of the pointer;
 * what is harmless is a constant one near the segment's start: a slot of the thread control
 * block (fs), or of the lowest guard (gs, whose base is 0 unless the program sets it).
 */
static bool is_slot(LLVMTargetDataRef layout, LLVMValueRef pointer)
{
    struct interval reach = {-(wide)MEMSENTRY_GUARD_REACH, (wide)MEMSENTRY_GUARD_REACH};
    struct chain chain;

    if (address_space(pointer) != ADDRESS_SPACE_GS &&
        address_space(pointer) != ADDRESS_SPACE_FS)
        return false;
    if (is_unsafe_stack_slot(pointer))
        return true;
    chain_of_pointer(layout, pointer, &chain);
    LLVMValueRef root = chain.link[chain.length - 1];
    struct interval distance = chain.distance[chain.length - 1];
    if (LLVMIsAConstantExpr(root) && LLVMGetConstOpcode(root) == LLVMIntToPtr) {
        LLVMValueRef number = LLVMGetOperand(root, 0);
        if (!LLVMIsAConstantInt(number) || LLVMGetIntTypeWidth(LLVMTypeOf(number)) > 64)
            return false;
        distance = interval_add(distance, interval_of_value(number, true));
    } else if (!LLVMIsAConstantPointerNull(root)) {
        return false;
    }
    return interval_within(distance, reach);
}

/* Whether an address is what the pointer says, so that a mask of it means something. */
static bool is_flat(LLVMValueRef pointer)
{
    unsigned space = address_space(pointer);

    /* The base of ss is 0 in 64-bit code. */
    return (space == 0 || space == ADDRESS_SPACE_SS) &&
           LLVMGetTypeKind(LLVMTypeOf(pointer)) != LLVMScalableVectorTypeKind;
}

LLVMTypeRef access_argument_type(LLVMValueRef call, unsigned index, const char *attribute)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(attribute, strlen(attribute));
    LLVMAttributeRef found = LLVMGetCallSiteEnumAttribute(call, index + 1, kind);

    if (!found && LLVMIsAFunction(LLVMGetCalledValue(call)))
        found = LLVMGetEnumAttributeAtIndex(LLVMGetCalledValue(call), index + 1, kind);
    return found ? LLVMGetTypeAttributeValue(found) : NULL;
}

static bool call_access(LLVMTargetDataRef layout, LLVMValueRef call, unsigned index,
                        struct access *access)
{
    LLVMTypeRef type;

    if (index >= LLVMGetNumArgOperands(call))
        return false;
    if (called_intrinsic(call))
        return intrinsic_access(layout, call, index, access);
    if (LLVMIsAInlineAsm(LLVMGetCalledValue(call))) {
        /* Only memory operands carry a type. Which way they are used is the assembly's affair.
         */
        type = access_argument_type(call, index, "elementtype");
        access->mode = ACCESS_READ | ACCESS_WRITE;
    } else {
        type = access_argument_type(call, index, "byval");
        access->mode = ACCESS_READ;
    }
    if (type)
        access->extent = access_extent(access_size(layout, type));
    return type != NULL;
}

static bool describe(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned index,
                     struct access *access)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
    unsigned at = 0;

    if (is_call(instruction)) {
        access->pointer = LLVMGetOperand(instruction, index);
        return is_address(access->pointer) && call_access(layout, instruction, index, access);
    }
    switch (opcode) {
    case LLVMLoad:
        access->mode = ACCESS_READ;
        access->extent = access_extent(access_size(layout, LLVMTypeOf(instruction)));
        break;
    case LLVMStore:
        at = 1;
        access->mode = ACCESS_WRITE;
        access->extent =
            access_extent(access_size(layout, LLVMTypeOf(LLVMGetOperand(instruction, 0))));
        break;
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
        access->mode = ACCESS_READ | ACCESS_WRITE;
        access->extent =
            access_extent(access_size(layout, LLVMTypeOf(LLVMGetOperand(instruction, 1))));
        break;
    case LLVMVAArg:
        access->mode = ACCESS_READ | ACCESS_WRITE;
        access->extent = access_extent(interval_of_constant(VA_ARG_SIZE));
        break;
    default:
        return false;
    }
    access->pointer = LLVMGetOperand(instruction, at);
    access->certain = opcode != LLVMVAArg && access->extent.hi > 0;
    return index == at && is_address(access->pointer);
}

bool access_of_operand(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned index,
                       struct access *access)
{
    struct interval reach = {-(wide)MEMSENTRY_GUARD_REACH, (wide)MEMSENTRY_GUARD_REACH};
    uint64_t unit;

    access->is_stack = access->certain = false;
    if (!describe(layout, instruction, index, access) || is_slot(layout, access->pointer))
        return false;
    access->is_region = address_space(access->pointer) == MEMSENTRY_REGION_ADDRESS_SPACE;
    access->unbounded = !access->is_region && (!is_flat(access->pointer) ||
                                               (!intrinsic_length(layout, instruction, &unit) &&
                                                !interval_within(access->extent, reach)));
    return true;
}

/* Arguments that the caller builds in place, by stores that are no instructions here. */
static bool is_built_in_place(LLVMValueRef call)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (access_argument_type(call, i, "inalloca") ||
            access_argument_type(call, i, "preallocated"))
            return true;
    }
    return false;
}

const char *access_unknown(LLVMValueRef instruction)
{
    const char *intrinsic = called_intrinsic(instruction);

    if (intrinsic)
        return intrinsic_is_unknown(instruction) ? intrinsic : NULL;
    if (is_call(instruction))
        return is_built_in_place(instruction) ? "inalloca" : NULL;
    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMLoad:
    case LLVMStore:
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
    case LLVMVAArg:
    case LLVMFence:
        return NULL;
    default:
        return bridge_may_read(instruction) || bridge_may_write(instruction)
                   ? bridge_opcode_name(instruction)
                   : NULL;
    }
}
