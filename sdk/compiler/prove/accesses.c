/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that instructions access themselves. What is not known here is not proved. */
#include "accesses.h"

#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../config.h"

#define REACH ((bound)MEMSENTRY_GUARD_REACH)

/* More than any intrinsic of `bounded_reach` touches beyond its pointers. */
#define INTRINSIC_SIZE (1 << 20)

/*
 * Address spaces of x86: segment registers. Slots of the thread control block have constant
 * addresses there.
 */
enum { SPACE_FLAT = 0, SPACE_GS = 256, SPACE_FS = 257 };

void judge_fail(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value,
                const char *claim)
{
    struct unproved unproved = {instruction, value, claim};

    judge->proof->unproved++;
    if (judge->proof->report)
        judge->proof->report(judge->proof->context, &unproved);
}

static bool starts_with(const char *string, const char *prefix)
{
    return !strncmp(string, prefix, strlen(prefix));
}

/* ---- addresses ---- */

struct fresh {
    LLVMValueRef mask;
};

static enum passing is_made_anew(const void *context, LLVMValueRef instruction)
{
    const struct fresh *fresh = context;

    if (instruction == fresh->mask)
        return PASSING_HOLDS;
    return memsentry_returns_twice(instruction) ? PASSING_FAILS : PASSING_ON;
}

/*
 * Behind a barrier only a mask that nothing merges or moves counts, and only where no call that
 * returns twice lies between the mask and its use.
 */
static bool is_fresh(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer)
{
    struct fresh fresh = {pointer};
    struct passage passage = {is_made_anew, NULL, &fresh};

    if (!LLVMIsAInstruction(pointer))
        return false;
    switch (LLVMGetInstructionOpcode(pointer)) {
    case LLVMCall:
        return LLVMIsAInlineAsm(LLVMGetCalledValue(pointer)) &&
               paths_all_pass(judge->paths, instruction, &passage);
    case LLVMInsertElement: {
        LLVMValueRef rest = LLVMGetOperand(pointer, 0);
        return is_fresh(judge, instruction, LLVMGetOperand(pointer, 1)) &&
               (!LLVMIsAInsertElementInst(rest) || is_fresh(judge, instruction, rest));
    }
    default:
        return false;
    }
}

static bool lies_within_object(const struct judge *judge, struct fact fact, struct range size)
{
    uint64_t bytes;

    return facts_object_size(judge->facts, fact.object, &bytes) && fact.distance.lo >= 0 &&
           fact.distance.hi + size.hi <= (bound)bytes &&
           (!judge->barrier || fact.distance.lo == fact.distance.hi);
}

bool judge_address(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer,
                   struct range size)
{
    struct fact fact = fact_as_address(facts_of(judge->facts, pointer));

    if (fact.kind == FACT_OBJECT)
        return lies_within_object(judge, fact, size);
    return fact.kind == FACT_CONFINED && fact.distance.lo >= -REACH &&
           fact.distance.hi + size.hi <= REACH &&
           (!judge->barrier || is_fresh(judge, instruction, pointer));
}

static unsigned address_space(LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetPointerAddressSpace(type);
}

static bool is_pointer(LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind;
}

static const char *claim_of(unsigned mode)
{
    if (mode == ACCESS_READ)
        return "this read stays out of the safe regions";
    return mode == ACCESS_WRITE ? "this write stays out of the safe regions"
                                : "this access stays out of the safe regions";
}

static void judge_access(const struct judge *judge, LLVMValueRef instruction,
                         LLVMValueRef pointer, struct range size, unsigned mode)
{
    unsigned space = address_space(pointer);
    bool proved;

    if (!(mode & judge->mode))
        return;
    struct fact fact = facts_of(judge->facts, pointer);
    if (space == MEMSENTRY_REGION_ADDRESS_SPACE ||
        memsentry_is_saferegion_access(instruction) ||
        (fact.kind == FACT_OBJECT && judge->facts->stack == STACK_EXEMPT)) {
        judge->proof->marked++;
        return;
    }
    if (space == SPACE_FLAT)
        proved = judge_address(judge, instruction, pointer, size);
    else
        proved = (space == SPACE_GS || space == SPACE_FS) && LLVMIsAConstant(pointer);
    if (proved)
        judge->proof->proved++;
    else
        judge_fail(judge, instruction, pointer, claim_of(mode));
}

static struct range size_of(const struct judge *judge, LLVMTypeRef type)
{
    uint64_t size;

    if (!facts_type_size(judge->facts, type, &size))
        return range_of(0, 2 * REACH); /* more than can be proved */
    return range_of(0, (bound)size);
}

/* ---- calls ---- */

static LLVMTypeRef argument_type(LLVMValueRef call, unsigned index, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAttributeRef attribute = LLVMGetCallSiteEnumAttribute(call, index + 1, kind);
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (!attribute && LLVMIsAFunction(callee))
        attribute = LLVMGetEnumAttributeAtIndex(callee, index + 1, kind);
    return attribute ? LLVMGetTypeAttributeValue(attribute) : NULL;
}

/* Arguments that carry a type of that attribute are accessed by the call itself. */
static void judge_typed_arguments(const struct judge *judge, LLVMValueRef call,
                                  const char *attribute, unsigned mode)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        LLVMTypeRef type = argument_type(call, i, attribute);
        if (type)
            judge_access(judge, call, LLVMGetOperand(call, i), size_of(judge, type), mode);
    }
}

/* Intrinsics that LLVM says access memory, but whose pointers are names of objects, or hints.
 */
static const char *const harmless[] = {
    "llvm.lifetime.",
    "llvm.invariant.",
    "llvm.prefetch",
    "llvm.assume",
    "llvm.experimental.noalias.scope.decl",
    "llvm.sideeffect",
    "llvm.var.annotation",
    "llvm.stacksave",
    "llvm.eh.",
    "llvm.fake.use",
    "llvm.returnaddress",
    "llvm.frameaddress",
    "llvm.donothing",
    "llvm.trap",
    "llvm.debugtrap",
    "llvm.ubsantrap",
    "llvm.pseudoprobe",
    "llvm.ptr.annotation",
    "llvm.annotation",
    "llvm.strip.",
    "llvm.launder.",
    "llvm.localescape",
    "llvm.stackrestore",
};

/* Those that stay near their pointers; every other one is unproved. */
static const char *const bounded_reach[] = {"llvm.masked.", "llvm.va_", "llvm.x86."};

static bool is_in(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (starts_with(name, list[i]))
            return true;
    }
    return false;
}
#define IS_IN(list, name) is_in(list, sizeof(list) / sizeof(list)[0], name)

static void judge_transfer(const struct judge *judge, LLVMValueRef call, unsigned pointers)
{
    LLVMValueRef length = LLVMGetOperand(call, 2);
    struct fact fact = facts_of(judge->facts, length);
    bound longest = fact.kind == FACT_NUMBER ? fact.is_unsigned.hi : REACH;

    if (longest > REACH)
        longest = REACH;
    for (unsigned i = 0; i < pointers; i++)
        judge_access(judge, call, LLVMGetOperand(call, i), range_of(0, longest),
                     i ? ACCESS_READ : ACCESS_WRITE);
    if (!memsentry_is_saferegion_access(call) && !judge_length(judge, call, length))
        judge_fail(judge, call, length, "this length stays within the guard");
}

static void judge_intrinsic(const struct judge *judge, LLVMValueRef call, const char *name)
{
    unsigned effects = bridge_memory_effects(call);

    if (!effects || IS_IN(harmless, name))
        return;
    if (starts_with(name, "llvm.memcpy") || starts_with(name, "llvm.memmove")) {
        judge_transfer(judge, call, 2);
    } else if (starts_with(name, "llvm.memset")) {
        judge_transfer(judge, call, 1);
    } else if (((effects & BRIDGE_ACCESSES_ANYTHING) && !starts_with(name, "llvm.va_")) ||
               !IS_IN(bounded_reach, name)) {
        judge_fail(judge, call, NULL, "this intrinsic stays out of the safe regions");
    } else {
        for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
            unsigned mode = (bridge_argument_may_read(call, i) ? ACCESS_READ : 0) |
                            (bridge_argument_may_write(call, i) ? ACCESS_WRITE : 0);
            if (is_pointer(LLVMGetOperand(call, i)))
                judge_access(judge, call, LLVMGetOperand(call, i), range_of(0, INTRINSIC_SIZE),
                             mode);
        }
    }
}

static void judge_call(const struct judge *judge, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    size_t length;

    if (LLVMIsAInlineAsm(callee)) {
        judge_typed_arguments(judge, call, "elementtype", ACCESS_READ | ACCESS_WRITE);
    } else if (LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee)) {
        judge_intrinsic(judge, call, LLVMIntrinsicGetName(LLVMGetIntrinsicID(callee), &length));
    } else {
        judge_typed_arguments(judge, call, "byval", ACCESS_READ);
        if (judge->arguments)
            judge_arguments(judge, call);
    }
}

/* ---- instructions ---- */

void judge_instruction(const struct judge *judge, LLVMValueRef instruction)
{
    LLVMValueRef first =
        LLVMGetNumOperands(instruction) > 0 ? LLVMGetOperand(instruction, 0) : NULL;

    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMLoad:
        judge_access(judge, instruction, first, size_of(judge, LLVMTypeOf(instruction)),
                     ACCESS_READ);
        break;
    case LLVMStore:
        judge_access(judge, instruction, LLVMGetOperand(instruction, 1),
                     size_of(judge, LLVMTypeOf(first)), ACCESS_WRITE);
        break;
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
        judge_access(judge, instruction, first,
                     size_of(judge, LLVMTypeOf(LLVMGetOperand(instruction, 1))),
                     ACCESS_READ | ACCESS_WRITE);
        break;
    case LLVMVAArg:
        judge_access(judge, instruction, first, range_of(0, INTRINSIC_SIZE),
                     ACCESS_READ | ACCESS_WRITE);
        break;
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        judge_call(judge, instruction);
        break;
    case LLVMFence:
        break;
    default:
        if (bridge_memory_effects(instruction))
            judge_fail(judge, instruction, NULL,
                       "this instruction stays out of the safe regions");
    }
}
