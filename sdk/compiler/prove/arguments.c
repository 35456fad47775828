/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What library functions access through their arguments has been checked before the call. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../calls/calls.h"
#include "../calls/format.h"
#include "../config.h"

static bool is_instrumented(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return !LLVMIsDeclaration(function) && config_of_function(function, &backend, &mode);
}

/*
 * GVN makes a phi of what has been computed on each way to a block, and phis of such phis. On
 * each way, a value stands to what the pointer is there as a function says.
 */
struct relation {
    const struct paths *paths;
    int budget; /* of edges that are looked at; cycles end here */
};
#define RELATION_BUDGET 256

static enum passing is_definition(const void *definition, LLVMValueRef instruction)
{
    return instruction == definition ? PASSING_HOLDS : PASSING_ON;
}

static bool dominates(const struct relation *relation, LLVMValueRef value, LLVMValueRef at)
{
    struct passage passage = {is_definition, NULL, value};

    return !LLVMIsAInstruction(value) || paths_all_pass(relation->paths, at, &passage);
}

/* Null, where LLVM has seen that a pointer is, or its split bit. */
static bool is_null(LLVMValueRef value)
{
    while (LLVMIsAPtrToIntInst(value) || LLVMIsAIntToPtrInst(value) ||
           (LLVMIsABinaryOperator(value) && LLVMGetInstructionOpcode(value) == LLVMAnd))
        value = LLVMGetOperand(value, 0);
    return LLVMIsAConstant(value) && LLVMIsNull(value);
}

static bool holds_on_edges(struct relation *relation, LLVMValueRef value, LLVMValueRef pointer,
                           bool (*holds)(struct relation *, LLVMValueRef, LLVMValueRef))
{
    if (!LLVMIsAPHINode(value))
        return false;
    bool together = LLVMIsAPHINode(pointer) &&
                    LLVMGetInstructionParent(pointer) == LLVMGetInstructionParent(value);
    for (unsigned i = 0; i < LLVMCountIncoming(value); i++) {
        LLVMValueRef there = pointer, incoming = LLVMGetIncomingValue(value, i);
        for (unsigned k = 0; together && k < LLVMCountIncoming(pointer); k++) {
            if (LLVMGetIncomingBlock(pointer, k) == LLVMGetIncomingBlock(value, i))
                there = LLVMGetIncomingValue(pointer, k);
        }
        if (--relation->budget < 0)
            return false;
        /*
         * Null has no split bit, so that what is asked for has not come this way, if this is
         * the way of the same pointer, and not of one that was there before.
         */
        if (is_null(incoming) && (together || dominates(relation, pointer, value)))
            continue;
        if (!holds(relation, incoming, there))
            return false;
    }
    return true;
}

static bool is_integer_of(struct relation *relation, LLVMValueRef value, LLVMValueRef pointer)
{
    if (value == pointer) /* a pointer that is passed as an integer */
        return true;
    if (LLVMIsAPtrToIntInst(value) || LLVMIsAIntToPtrInst(value))
        return is_integer_of(relation, LLVMGetOperand(value, 0), pointer);
    return holds_on_edges(relation, value, pointer, is_integer_of);
}

static bool is_split_bit_of(struct relation *relation, LLVMValueRef value, LLVMValueRef pointer)
{
    if (!LLVMIsAInstruction(value))
        return false;
    if (LLVMGetInstructionOpcode(value) == LLVMAnd) {
        LLVMValueRef bit = LLVMGetOperand(value, 1);
        return LLVMIsAConstantInt(bit) && LLVMConstIntGetZExtValue(bit) == MEMSENTRY_SPLIT &&
               is_integer_of(relation, LLVMGetOperand(value, 0), pointer);
    }
    return holds_on_edges(relation, value, pointer, is_split_bit_of);
}

/* (integer of value & split bit) == 0, and it has come out false; or != and true. */
static bool is_inside(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    struct relation relation = {wanted->judge->paths, RELATION_BUDGET};

    return LLVMGetICmpPredicate(comparison) == (outcome ? LLVMIntNE : LLVMIntEQ) &&
           LLVMIsNull(LLVMGetOperand(comparison, 1)) &&
           is_split_bit_of(&relation, LLVMGetOperand(comparison, 0), wanted->value);
}

static bool pointer_holds(const struct judge *judge, LLVMValueRef call, LLVMValueRef pointer)
{
    struct wanted wanted = {judge, pointer, 0, 0, is_inside};

    return LLVMIsNull(pointer) || judge_address(judge, call, pointer, range_of(0, 0)) ||
           judge_checked(&wanted, call);
}

/* ---- lengths ---- */

static bool is_product(LLVMValueRef value, LLVMValueRef a, LLVMValueRef b);

/* Without the extension to 64 bits. */
static bool is_value(LLVMValueRef value, LLVMValueRef wanted)
{
    if (value == wanted)
        return true;
    if (LLVMIsAConstantInt(value) && LLVMIsAConstantInt(wanted))
        return LLVMConstIntGetZExtValue(value) == LLVMConstIntGetZExtValue(wanted);
    return LLVMIsAZExtInst(value) && LLVMGetOperand(value, 0) == wanted;
}

/* The product where it fits, all ones where it does not. */
static bool is_saturated_product(LLVMValueRef select, LLVMValueRef a, LLVMValueRef b)
{
    if (!LLVMIsASelectInst(select))
        return false;
    LLVMValueRef excess = LLVMGetOperand(select, 0), ones = LLVMGetOperand(select, 1);
    LLVMValueRef rest = LLVMGetOperand(select, 2);
    if (!LLVMIsAExtractValueInst(excess) || !LLVMIsAExtractValueInst(rest) ||
        LLVMGetOperand(excess, 0) != LLVMGetOperand(rest, 0) ||
        LLVMGetIndices(excess)[0] != 1 || LLVMGetIndices(rest)[0] != 0 ||
        !LLVMIsAConstantInt(ones) || LLVMConstIntGetZExtValue(ones) != UINT64_MAX)
        return false;
    return is_product(LLVMGetOperand(rest, 0), a, b);
}

static bool is_product(LLVMValueRef value, LLVMValueRef a, LLVMValueRef b)
{
    size_t length;

    if (!LLVMIsAInstruction(value))
        return false;
    if (LLVMIsACallInst(value)) {
        LLVMValueRef callee = LLVMGetCalledValue(value);
        if (!LLVMIsAFunction(callee) ||
            strncmp(LLVMGetValueName2(callee, &length), "llvm.umul.with.overflow", 23))
            return false;
    } else {
        return is_saturated_product(value, a, b);
    }
    LLVMValueRef x = LLVMGetOperand(value, 0), y = LLVMGetOperand(value, 1);
    return (is_value(x, a) && is_value(y, b)) || (is_value(x, b) && is_value(y, a));
}

static bool is_one(LLVMValueRef value)
{
    return LLVMIsAConstantInt(value) && LLVMConstIntGetZExtValue(value) == 1;
}

/* A product that cannot exceed the guard, or that has been computed and compared. */
static bool product_holds(const struct judge *judge, LLVMValueRef call, LLVMValueRef a,
                          LLVMValueRef b)
{
    struct fact x = facts_of(judge->facts, a), y = facts_of(judge->facts, b);

    if (x.kind == FACT_NUMBER && y.kind == FACT_NUMBER &&
        x.is_unsigned.hi <= (bound)MEMSENTRY_GUARD_REACH &&
        y.is_unsigned.hi <= (bound)MEMSENTRY_GUARD_REACH &&
        x.is_unsigned.hi * y.is_unsigned.hi <= (bound)MEMSENTRY_GUARD_REACH)
        return true;
    if ((is_one(a) || is_one(b)) &&
        judge_length(judge, call, is_one(a) ? b : a, MEMSENTRY_GUARD_REACH))
        return true;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(judge->facts->function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            struct wanted wanted = {judge, i, MEMSENTRY_GUARD_REACH, 1, judge_is_short};
            if (is_saturated_product(i, a, b) && judge_checked(&wanted, call))
                return true;
        }
    }
    return false;
}

static bool is_integer(LLVMValueRef value)
{
    return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMIntegerTypeKind;
}

static LLVMValueRef argument(LLVMValueRef call, unsigned index)
{
    return index < LLVMGetNumArgOperands(call) ? LLVMGetOperand(call, index) : NULL;
}

static LLVMValueRef word_constant(const struct judge *judge, uint64_t value)
{
    LLVMModuleRef module = LLVMGetGlobalParent(judge->facts->function);

    return LLVMConstInt(LLVMInt64TypeInContext(LLVMGetModuleContext(module)), value, 0);
}

/* A length that is no integer in this call is one that the table does not mean. */
static bool length_holds(const struct judge *judge, LLVMValueRef call, unsigned first,
                         const struct external_argument *external)
{
    LLVMValueRef a = argument(call, first + external->a), b;

    switch (external->kind) {
    case LENGTH_BYTES:
        return !a || !is_integer(a) || judge_length(judge, call, a, MEMSENTRY_GUARD_REACH);
    case LENGTH_TIMES:
        b = argument(call, first + external->b);
        return !a || !b || !is_integer(a) || !is_integer(b) || product_holds(judge, call, a, b);
    case LENGTH_SCALED:
        return !a || !is_integer(a) ||
               product_holds(judge, call, a, word_constant(judge, external->b));
    default:
        return true;
    }
}

static bool is_address(LLVMValueRef value, bool handle)
{
    LLVMTypeRef type = LLVMTypeOf(value);

    if (LLVMGetTypeKind(type) == LLVMPointerTypeKind)
        return LLVMGetPointerAddressSpace(type) == 0;
    return handle && is_integer(value) && LLVMGetIntTypeWidth(type) == 64;
}

static bool has_attribute(LLVMValueRef call, unsigned index, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMValueRef callee = LLVMGetCalledValue(call);

    return LLVMGetCallSiteEnumAttribute(call, index + 1, kind) ||
           (LLVMIsAFunction(callee) && LLVMGetEnumAttributeAtIndex(callee, index + 1, kind));
}

static void judge_argument(const struct judge *judge, LLVMValueRef call, unsigned index,
                           unsigned first, const struct external_argument *external)
{
    LLVMValueRef pointer = argument(call, index);

    if (!pointer || has_attribute(call, index, "nest") ||
        !is_address(pointer, external->kind == LENGTH_HANDLE))
        return;
    if (!pointer_holds(judge, call, pointer))
        judge_fail(judge, call, pointer, "this argument has been checked");
    else if (!length_holds(judge, call, first, external))
        judge_fail(judge, call, pointer, "the length of this argument has been checked");
    else
        judge->proof->proved++;
}

static void judge_line(const struct judge *judge, LLVMValueRef call, unsigned first,
                       const struct external_argument *external)
{
    unsigned start = first + external->argument, end = start + 1;
    struct format format;

    if (external->kind == LENGTH_REST || external->kind == LENGTH_FORMAT)
        end = LLVMGetNumArgOperands(call);
    if (external->kind == LENGTH_FORMAT)
        format_of_argument(&format, call, first + external->a);
    for (unsigned i = start; i < end; i++) {
        unsigned mode = external->mode;
        if (external->kind == LENGTH_FORMAT)
            mode &= format_access(&format, i - start);
        if (mode & judge->mode)
            judge_argument(judge, call, i, first, external);
    }
}

/* Where whoever is called stores its result. */
static void judge_result(const struct judge *judge, LLVMValueRef call)
{
    static const struct external_argument result = {ACCESS_WRITE, 0, LENGTH_OPEN, 0, 0};

    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if ((judge->mode & ACCESS_WRITE) && has_attribute(call, i, "sret"))
            judge_argument(judge, call, i, 0, &result);
    }
}

static const char *external_name(LLVMValueRef function)
{
    size_t length, prefix = sizeof MEMSENTRY_CALL_PREFIX - 1;
    const char *name = LLVMGetValueName2(function, &length);

    if (length && name[0] == '\1')
        name++;
    return strncmp(name, MEMSENTRY_CALL_PREFIX, prefix) ? name : name + prefix;
}

static bool has_locals(const struct judge *judge)
{
    for (size_t i = 0; i < judge->facts->count; i++) {
        if (LLVMIsAAllocaInst(judge->facts->instructions[i]))
            return true;
    }
    return false;
}

/* The function is called in place of the runtime's, which looks into what it is given. */
static void judge_nested(const struct judge *judge, LLVMValueRef call, const char *name)
{
    const struct nested_call *nested = nested_call_find(name);

    if (!nested || !(nested->mode & judge->mode))
        return;
    if (judge->facts->stack == STACK_EXEMPT && has_locals(judge))
        judge->proof->marked++;
    else
        judge_fail(judge, call, NULL, "what this call's arguments point to has been checked");
}

void judge_arguments(const struct judge *judge, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (memsentry_is_saferegion_access(call)) {
        judge->proof->marked++;
        return;
    }
    if (LLVMIsAFunction(callee) && is_instrumented(callee))
        return;
    judge_result(judge, call);
    if (!LLVMIsAFunction(callee))
        return;
    const char *name = external_name(callee);
    const struct external_call *external = external_call_find(name);
    unsigned first = LLVMGetNumArgOperands(call) && has_attribute(call, 0, "nest") ? 1 : 0;
    judge_nested(judge, call, name);
    for (size_t i = 0; external && external->arguments[i].mode; i++)
        judge_line(judge, call, first, &external->arguments[i]);
}

void judge_addresses(const struct judge *judge, LLVMValueRef instruction)
{
    unsigned count = (unsigned)LLVMGetNumOperands(instruction);
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

    /* What comes out of a comparison cannot be called. */
    if (opcode == LLVMICmp)
        return;
    if (opcode == LLVMCall || opcode == LLVMInvoke || opcode == LLVMCallBr)
        count = LLVMGetNumArgOperands(instruction);
    for (unsigned i = 0; i < count; i++) {
        LLVMValueRef operand = LLVMGetOperand(instruction, i);
        if (!LLVMIsAFunction(operand) || !LLVMIsDeclaration(operand) ||
            LLVMGetIntrinsicID(operand))
            continue;
        const char *name = external_name(operand);
        if (external_call_find(name) || nested_call_find(name))
            judge_fail(judge, instruction, operand,
                       "whoever calls this function by its address checks the arguments");
    }
}
