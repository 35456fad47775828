/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What library functions access through their arguments has been checked before the call. */
#include "accesses.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/layout.h>

#include "../config.h"

enum length_kind { LENGTH_OPEN, LENGTH_BYTES, LENGTH_TIMES, LENGTH_SCALED, LENGTH_UP_TO };

struct line {
    const char *name;
    unsigned argument;
    unsigned mode;
    enum length_kind kind;
    unsigned a, b;
};

#define READ ACCESS_READ
#define WRITE ACCESS_WRITE
#define OPEN LENGTH_OPEN, 0, 0
#define BYTES(n) LENGTH_BYTES, n, 0
#define TIMES(n, m) LENGTH_TIMES, n, m
#define SCALED(n, k) LENGTH_SCALED, n, k
#define UP_TO(k) LENGTH_UP_TO, k, 0

static const struct line lines[] = {
#define EXTERNAL_CALL(name, argument, mode, length) {#name, argument, mode, length},
#include "../mediate/external_calls.def"
};

static bool is_instrumented(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return !LLVMIsDeclaration(function) && config_of_function(function, &backend, &mode);
}

/* Phis of phis that are followed. */
#define DEPTH 4

/*
 * GVN makes a phi of what has been computed on each way to a block: `value` is one, and on each
 * way it stands to what `pointer` has there as `relation` says.
 */
static bool holds_on_edges(LLVMValueRef value, LLVMValueRef pointer, int depth,
                           bool (*relation)(LLVMValueRef, LLVMValueRef, int))
{
    if (!LLVMIsAPHINode(value) || depth == 0)
        return false;
    bool together = LLVMIsAPHINode(pointer) &&
                    LLVMGetInstructionParent(pointer) == LLVMGetInstructionParent(value);
    for (unsigned i = 0; i < LLVMCountIncoming(value); i++) {
        LLVMValueRef there = pointer;
        for (unsigned k = 0; together && k < LLVMCountIncoming(pointer); k++) {
            if (LLVMGetIncomingBlock(pointer, k) == LLVMGetIncomingBlock(value, i))
                there = LLVMGetIncomingValue(pointer, k);
        }
        if (!relation(LLVMGetIncomingValue(value, i), there, depth - 1))
            return false;
    }
    return true;
}

static bool is_integer_of(LLVMValueRef value, LLVMValueRef pointer, int depth)
{
    if (LLVMIsAPtrToIntInst(value))
        return LLVMGetOperand(value, 0) == pointer;
    return holds_on_edges(value, pointer, depth, is_integer_of);
}

static bool is_split_bit_of(LLVMValueRef value, LLVMValueRef pointer, int depth)
{
    if (!LLVMIsAInstruction(value))
        return false;
    if (LLVMGetInstructionOpcode(value) == LLVMAnd) {
        LLVMValueRef bit = LLVMGetOperand(value, 1);
        return LLVMIsAConstantInt(bit) && LLVMConstIntGetZExtValue(bit) == MEMSENTRY_SPLIT &&
               is_integer_of(LLVMGetOperand(value, 0), pointer, depth);
    }
    return holds_on_edges(value, pointer, depth, is_split_bit_of);
}

/* (integer of value & split bit) == 0, and it has come out false; or != and true. */
static bool is_inside(const struct wanted *wanted, LLVMValueRef comparison, bool outcome)
{
    return LLVMGetICmpPredicate(comparison) == (outcome ? LLVMIntNE : LLVMIntEQ) &&
           LLVMIsNull(LLVMGetOperand(comparison, 1)) &&
           is_split_bit_of(LLVMGetOperand(comparison, 0), wanted->value, DEPTH);
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
    if (is_one(a) || is_one(b))
        return judge_length(judge, call, is_one(a) ? b : a, MEMSENTRY_GUARD_REACH);
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

static bool length_holds(const struct judge *judge, LLVMValueRef call, const struct line *line)
{
    unsigned count = LLVMGetNumArgOperands(call);

    switch (line->kind) {
    case LENGTH_BYTES:
        return line->a >= count || !is_integer(LLVMGetOperand(call, line->a)) ||
               judge_length(judge, call, LLVMGetOperand(call, line->a), MEMSENTRY_GUARD_REACH);
    case LENGTH_TIMES:
        return line->a >= count || line->b >= count ||
               !is_integer(LLVMGetOperand(call, line->a)) ||
               !is_integer(LLVMGetOperand(call, line->b)) ||
               product_holds(judge, call, LLVMGetOperand(call, line->a),
                             LLVMGetOperand(call, line->b));
    case LENGTH_SCALED:
        return line->a >= count || !is_integer(LLVMGetOperand(call, line->a)) ||
               product_holds(judge, call, LLVMGetOperand(call, line->a),
                             LLVMConstInt(LLVMInt64TypeInContext(LLVMGetModuleContext(
                                              LLVMGetGlobalParent(judge->facts->function))),
                                          line->b, 0));
    default:
        return true;
    }
}

void judge_arguments(const struct judge *judge, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    LLVMTypeRef pointer_type =
        LLVMPointerTypeInContext(LLVMGetTypeContext(LLVMTypeOf(callee)), 0);
    size_t length;

    if (!LLVMIsAFunction(callee) || memsentry_is_saferegion_access(call) ||
        is_instrumented(callee))
        return;
    const char *name = LLVMGetValueName2(callee, &length);
    if (length && name[0] == '\1')
        name++;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct line *line = &lines[i];
        if (!(line->mode & judge->mode) || strcmp(line->name, name) ||
            line->argument >= LLVMGetNumArgOperands(call))
            continue;
        LLVMValueRef pointer = LLVMGetOperand(call, line->argument);
        if (LLVMTypeOf(pointer) != pointer_type)
            continue;
        if (!pointer_holds(judge, call, pointer))
            judge_fail(judge, call, pointer, "this argument has been checked");
        else if (!length_holds(judge, call, line))
            judge_fail(judge, call, pointer, "the length of this argument has been checked");
        else
            judge->proof->proved++;
    }
}
