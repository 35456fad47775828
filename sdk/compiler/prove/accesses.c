/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that instructions access themselves. What is not known here is not proved. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../calls/reach.h"
#include "../config.h"

#define REACH ((bound)MEMSENTRY_GUARD_REACH)

/*
 * Address spaces of x86: segment registers. Slots of the thread control block have constant
 * addresses there.
 */
enum { SPACE_FLAT = 0, SPACE_GS = 256, SPACE_FS = 257, SPACE_SS = 258 };

static void report(const struct judge *judge, const struct unproved *unproved)
{
    judge->proof->unproved++;
    if (judge->proof->report)
        judge->proof->report(judge->proof->context, unproved);
}

void judge_fail(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value,
                const char *claim)
{
    struct unproved unproved = {instruction, value, claim, false};

    report(judge, &unproved);
}

/* ---- addresses ---- */

/* `context` is the mask. */
static enum passing is_made_anew(const void *context, LLVMValueRef instruction)
{
    if (instruction == context)
        return PASSING_HOLDS;
    return memsentry_returns_twice(instruction) ? PASSING_FAILS : PASSING_ON;
}

/*
 * Behind a barrier only a mask that nothing merges or moves counts, and only where no call that
 * returns twice lies between the mask and its use.
 */
static bool is_fresh(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer)
{
    struct passage passage = {is_made_anew, NULL, pointer};

    if (!LLVMIsAInstruction(pointer))
        return false;
    switch (LLVMGetInstructionOpcode(pointer)) {
    case LLVMCall:
        return LLVMIsAInlineAsm(LLVMGetCalledValue(pointer)) &&
               LLVMGetInlineAsmHasSideEffects(LLVMGetCalledValue(pointer)) &&
               paths_all_pass(judge->paths, instruction, &passage);
    case LLVMInsertElement: {
        LLVMValueRef rest = LLVMGetOperand(pointer, 0);
        /* What is constant is overwritten, or the pointer would not be confined. */
        return is_fresh(judge, instruction, LLVMGetOperand(pointer, 1)) &&
               (LLVMIsAConstant(rest) || is_fresh(judge, instruction, rest));
    }
    default:
        return false;
    }
}

static bool lies_within_object(const struct judge *judge, struct fact fact, struct range extent)
{
    uint64_t bytes;

    return facts_object_size(judge->facts, fact.object, &bytes) &&
           fact.distance.lo + extent.lo >= 0 && fact.distance.hi + extent.hi <= (bound)bytes &&
           (!judge->barrier || fact.distance.lo == fact.distance.hi);
}

bool judge_address(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer,
                   struct range extent)
{
    struct fact fact = fact_as_address(facts_of(judge->facts, pointer));

    if (fact.kind == FACT_OBJECT)
        return lies_within_object(judge, fact, extent);
    return fact.kind == FACT_CONFINED && fact.distance.lo + extent.lo >= -REACH &&
           fact.distance.hi + extent.hi <= REACH &&
           (!judge->barrier || is_fresh(judge, instruction, pointer));
}

static unsigned address_space(LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    /* Lanes of a gather may be integers. */
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind ? LLVMGetPointerAddressSpace(type)
                                                        : SPACE_FLAT;
}

/* Of the thread control block, by its distance from the start. */
static bool is_slot(struct fact fact, LLVMValueRef pointer)
{
    return LLVMIsAConstant(pointer) && fact.kind == FACT_NUMBER &&
           range_within(fact.is_signed, -REACH, REACH);
}

/*
 * The unsafe stack pointer of the thread: what the assembly reads is in a table that nobody can
 * write. An access of no more than the variable, at its start; not where setjmp may bring
 * another register back.
 */
static bool is_unsafe_stack_slot(LLVMValueRef pointer, struct range extent)
{
    return facts_is_assembly(pointer, MEMSENTRY_UNSAFE_STACK_OFFSET_CODE,
                             MEMSENTRY_UNSAFE_STACK_OFFSET_CONSTRAINTS) &&
           LLVMGetNumArgOperands(pointer) == 0 && range_within(extent, 0, sizeof(void *));
}

static const char *claim_of(unsigned mode)
{
    if (mode == ACCESS_READ)
        return "this read stays out of the safe regions";
    return mode == ACCESS_WRITE ? "this write stays out of the safe regions"
                                : "this access stays out of the safe regions";
}

/* Where there is a safe stack, a mask would lead away from what lies there. */
static bool may_be_local(const struct judge *judge, LLVMValueRef value, int *budget)
{
    if (judge->facts->stack == STACK_NORMAL || LLVMIsALoadInst(value) || LLVMIsACallInst(value))
        return false;
    if (LLVMIsAAllocaInst(value) || LLVMIsAArgument(value) || --*budget < 0)
        return !LLVMIsAArgument(value) || facts_of(judge->facts, value).kind == FACT_OBJECT;
    int count = LLVMIsAInstruction(value) ? LLVMGetNumOperands(value) : 0;
    if (LLVMIsAGetElementPtrInst(value))
        count = 1; /* without the indices */
    for (int i = 0; i < count; i++) {
        if (may_be_local(judge, LLVMGetOperand(value, (unsigned)i), budget))
            return true;
    }
    return false;
}

static bool is_maskable(const struct judge *judge, LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);
    int budget = 64;

    if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
        type = LLVMGetElementType(type);
    return LLVMGetTypeKind(type) == LLVMPointerTypeKind &&
           LLVMGetPointerAddressSpace(type) == SPACE_FLAT &&
           !may_be_local(judge, pointer, &budget);
}

void judge_access(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer,
                  struct range extent, unsigned mode)
{
    unsigned space = address_space(pointer);
    bool proved;

    if (!(mode & judge->mode))
        return;
    struct fact fact = facts_of(judge->facts, pointer);
    if (space == MEMSENTRY_REGION_ADDRESS_SPACE ||
        memsentry_is_saferegion_access(instruction) ||
        (fact.kind == FACT_OBJECT && judge->facts->stack == STACK_EXEMPT)) {
        if (judge->domain & DOMAIN_CLOSED)
            judge_fail(judge, instruction, NULL,
                       "the domain is open for this access to a safe region");
        else
            judge->proof->marked++;
        return;
    }
    if (judge->domain == DOMAIN_CLOSED) {
        judge->proof->proved++;
        return;
    }
    if (space == SPACE_FLAT || space == SPACE_SS)
        proved = judge_address(judge, instruction, pointer, extent);
    else
        proved =
            ((space == SPACE_GS || space == SPACE_FS) && is_slot(fact, pointer)) ||
            (space == SPACE_FS && !judge->barrier && is_unsafe_stack_slot(pointer, extent));
    struct unproved unproved = {instruction, pointer, claim_of(mode), false};
    if (proved) {
        judge->proof->proved++;
    } else {
        unproved.maskable = !judge->domain && is_maskable(judge, pointer);
        report(judge, &unproved);
    }
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

static bool is_reviewed(LLVMValueRef assembly)
{
    size_t length;
    const char *text = LLVMGetInlineAsmAsmString(assembly, &length);

    return memmem(text, length, REVIEWED_ASSEMBLY, sizeof REVIEWED_ASSEMBLY - 1) != NULL;
}

static void judge_call(const struct judge *judge, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (LLVMIsAInlineAsm(callee)) {
        judge_typed_arguments(judge, call, "elementtype", ACCESS_READ | ACCESS_WRITE);
        if (is_reviewed(callee))
            judge->proof->marked++;
    } else if (LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee)) {
        judge_intrinsic(judge, call);
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

    if (bridge_states_facts(instruction))
        judge_fail(judge, instruction, NULL, FACTS_CLAIM);
    if (judge->arguments)
        judge_addresses(judge, instruction);
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
        /* What it reads is where the list in memory says. */
        judge_access(judge, instruction, first, range_of(0, REACH_SMALL_SIZE), ACCESS_WRITE);
        if (judge->mode & ACCESS_READ)
            judge_fail(judge, instruction, NULL, claim_of(ACCESS_READ));
        break;
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        judge_call(judge, instruction);
        break;
    case LLVMFence:
        break;
    default:
        if (bridge_may_read(instruction) || bridge_may_write(instruction))
            judge_fail(judge, instruction, NULL,
                       "this instruction stays out of the safe regions");
    }
}
