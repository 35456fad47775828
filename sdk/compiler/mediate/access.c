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

/*
 * More than any target intrinsic touches beyond its argument (the largest is the XSAVE area),
 * and little beside the guard.
 */
#define TARGET_INTRINSIC_SIZE (1 << 20)

/* Intrinsics whose pointers are names of objects or hints, never addresses to access. */
static const char *const not_accesses[] = {
    "llvm.lifetime.",
    "llvm.invariant.",
    "llvm.launder.",
    "llvm.strip.",
    "llvm.dbg.",
    "llvm.assume",
    "llvm.prefetch",
    "llvm.objectsize",
    "llvm.ptr.annotation",
    "llvm.ptrmask",
    "llvm.stackrestore",
    "llvm.stacksave",
    "llvm.eh.",
    "llvm.var.annotation",
    "llvm.annotation",
    "llvm.threadlocal.",
    "llvm.experimental.noalias.scope.decl",
    "llvm.sideeffect",
    "llvm.donothing",
    "llvm.type.",
    "llvm.public.type.",
    "llvm.instrprof.",
    "llvm.icall.",
    "llvm.coro.",
    "llvm.fake.use",
    "llvm.preserve.",
    "llvm.is.constant",
    "llvm.localescape",
    "llvm.localrecover",
    "llvm.frameaddress",
    "llvm.returnaddress",
};

bool is_call(LLVMValueRef instruction)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

    return opcode == LLVMCall || opcode == LLVMInvoke || opcode == LLVMCallBr;
}

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

static bool starts_with(const char *string, const char *prefix)
{
    return !strncmp(string, prefix, strlen(prefix));
}

static bool is_transfer(const char *intrinsic)
{
    return starts_with(intrinsic, "llvm.memcpy") || starts_with(intrinsic, "llvm.memmove");
}

LLVMValueRef access_length(LLVMValueRef instruction)
{
    const char *intrinsic = called_intrinsic(instruction);

    if (!intrinsic || !(is_transfer(intrinsic) || starts_with(intrinsic, "llvm.memset")))
        return NULL;
    return LLVMGetOperand(instruction, ACCESS_LENGTH_OPERAND);
}

static bool is_address(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind &&
           LLVMGetPointerAddressSpace(type) != MEMSENTRY_REGION_ADDRESS_SPACE;
}

/*
 * Relative to a segment register: the address that is accessed is not the value of the pointer,
 * so only a constant one (a slot of the thread control block) is known to be harmless.
 */
static bool is_segmented(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetPointerAddressSpace(type) != 0;
}

/* Whether an intrinsic goes as far from its pointer as another operand tells it to. */
static bool is_unbounded(LLVMValueRef call, const char *name)
{
    static const char *const strided[] = {"llvm.vp.", "llvm.experimental.vp.", "llvm.matrix.",
                                          "llvm.experimental.memset.pattern"};

    for (size_t i = 0; i < sizeof strided / sizeof strided[0]; i++) {
        if (starts_with(name, strided[i]))
            return true;
    }
    if (!starts_with(name, "llvm.x86."))
        return false;
    if (strstr(name, "gather") || strstr(name, "scatter")) {
        /* Indices of 32 bits stay within 16 GiB. */
        LLVMTypeRef indices = LLVMTypeOf(LLVMGetOperand(call, 2));
        return LLVMGetTypeKind(indices) != LLVMVectorTypeKind ||
               LLVMGetIntTypeWidth(LLVMGetElementType(indices)) > 32;
    }
    return strstr(name, ".tile") != NULL;
}

/* The type that an attribute of argument `index` carries at this call, or NULL. */
static LLVMTypeRef argument_type(LLVMValueRef call, unsigned index, const char *attribute)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(attribute, strlen(attribute));
    LLVMAttributeRef found = LLVMGetCallSiteEnumAttribute(call, index + 1, kind);

    if (!found && LLVMIsAFunction(LLVMGetCalledValue(call)))
        found = LLVMGetEnumAttributeAtIndex(LLVMGetCalledValue(call), index + 1, kind);
    return found ? LLVMGetTypeAttributeValue(found) : NULL;
}

static bool intrinsic_access(LLVMValueRef call, const char *name, unsigned index,
                             struct access *access)
{
    bool transfer = is_transfer(name);

    if (transfer || starts_with(name, "llvm.memset")) {
        access->size = interval_of_value(access_length(call), false);
        access->mode = index == 0 ? ACCESS_WRITE : ACCESS_READ;
        return index < (transfer ? 2U : 1U);
    }
    for (size_t i = 0; i < sizeof not_accesses / sizeof not_accesses[0]; i++) {
        if (starts_with(name, not_accesses[i]))
            return false;
    }
    access->size = is_unbounded(call, name) ? interval_unknown()
                                            : interval_of_constant(TARGET_INTRINSIC_SIZE);
    access->mode = (bridge_argument_may_read(call, index) ? ACCESS_READ : 0) |
                   (bridge_argument_may_write(call, index) ? ACCESS_WRITE : 0);
    return access->mode != 0;
}

static bool call_access(LLVMTargetDataRef layout, LLVMValueRef call, unsigned index,
                        struct access *access)
{
    const char *intrinsic = called_intrinsic(call);
    LLVMTypeRef type;

    if (index >= LLVMGetNumArgOperands(call))
        return false;
    if (intrinsic)
        return intrinsic_access(call, intrinsic, index, access);
    if (LLVMIsAInlineAsm(LLVMGetCalledValue(call))) {
        /* Only memory operands carry a type. Which way they are used is the assembly's affair.
         */
        type = argument_type(call, index, "elementtype");
        access->mode = ACCESS_READ | ACCESS_WRITE;
    } else {
        type = argument_type(call, index, "byval");
        access->mode = ACCESS_READ;
    }
    if (type)
        access->size = access_size(layout, type);
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
        access->size = access_size(layout, LLVMTypeOf(instruction));
        break;
    case LLVMStore:
        at = 1;
        access->mode = ACCESS_WRITE;
        access->size = access_size(layout, LLVMTypeOf(LLVMGetOperand(instruction, 0)));
        break;
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
        access->mode = ACCESS_READ | ACCESS_WRITE;
        access->size = access_size(layout, LLVMTypeOf(LLVMGetOperand(instruction, 1)));
        break;
    case LLVMVAArg:
        access->mode = ACCESS_READ | ACCESS_WRITE;
        access->size = interval_of_constant(TARGET_INTRINSIC_SIZE);
        break;
    default:
        return false;
    }
    access->pointer = LLVMGetOperand(instruction, at);
    return index == at && is_address(access->pointer);
}

bool access_of_operand(LLVMTargetDataRef layout, LLVMValueRef instruction, unsigned index,
                       struct access *access)
{
    if (!describe(layout, instruction, index, access))
        return false;
    if (is_segmented(access->pointer) && LLVMIsAConstant(access->pointer))
        return false;
    access->unbounded =
        is_segmented(access->pointer) ||
        (!access_length(instruction) && access->size.hi > (wide)MEMSENTRY_GUARD_REACH);
    return true;
}
