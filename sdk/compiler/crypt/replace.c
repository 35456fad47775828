/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Accesses to encrypted regions; see replace.h. */
#include "replace.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>
#include <memsentry/crypt.h>

#include "../benchdomain.h"
#include "../function.h"
#include "../mediate/access.h"
#include "../sdk.h"
#include "plain.h"
#include "value.h"

#define NO_FORM                                                                                \
    "the backend 'crypt' has no form for this access to a safe region; copy what it needs "    \
    "into a variable, or compile the function with '-fno-vectorize -fno-slp-vectorize'"
#define NO_ASSEMBLY                                                                            \
    "the backend 'crypt' cannot decrypt what assembly accesses; hand it a copy, and say by "   \
    "MEMSENTRY_REVIEWED_ASM that it accesses no safe region"

struct place {
    LLVMTargetDataRef layout;
    LLVMValueRef instruction;
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    LLVMTypeRef pointer, number; /* ptr, i64 */
};

/* ---- calls of the runtime ---- */

static LLVMValueRef call(const struct place *p, const char *name, LLVMTypeRef result,
                         LLVMValueRef *arguments, unsigned count)
{
    LLVMTypeRef types[6];

    for (unsigned i = 0; i < count; i++)
        types[i] = LLVMTypeOf(arguments[i]);
    LLVMTypeRef type = LLVMFunctionType(result, types, count, 0);
    LLVMValueRef function = function_declare(p->module, name, type);
    function_add_llvm_attribute(function, "nounwind");
    function_add_llvm_attribute(function, "nonlazybind");
    return LLVMBuildCall2(p->builder, type, function, arguments, count, "");
}

static LLVMTypeRef nothing(const struct place *p)
{
    return LLVMVoidTypeInContext(p->context);
}

static LLVMValueRef number(const struct place *p, uint64_t value)
{
    return LLVMConstInt(p->number, value, 0);
}

static LLVMValueRef size_of(const struct place *p, LLVMTypeRef type)
{
    return number(p, LLVMStoreSizeOfType(p->layout, type));
}

/* As the runtime takes it, whichever address space it is of. */
static LLVMValueRef flat(const struct place *p, LLVMValueRef pointer)
{
    return LLVMTypeOf(pointer) == p->pointer
               ? pointer
               : LLVMBuildAddrSpaceCast(p->builder, pointer, p->pointer, "");
}

static void copy(const struct place *p, const char *name, LLVMValueRef to, LLVMValueRef from,
                 LLVMValueRef size)
{
    LLVMValueRef arguments[] = {flat(p, to), flat(p, from), size};

    call(p, name, nothing(p), arguments, 3);
}

static LLVMValueRef load(const struct place *p, LLVMTypeRef type, LLVMValueRef pointer)
{
    LLVMValueRef arguments[] = {flat(p, pointer), size_of(p, type)};
    LLVMValueRef halves =
        call(p, MEMSENTRY_CRYPT_LOAD_SYMBOL, value_halves_type(p->context), arguments, 2);

    return value_join(p->builder, p->layout, type, halves);
}

/* Returns what was there. */
static LLVMValueRef exchange(const struct place *p, LLVMValueRef pointer, LLVMValueRef expected,
                             LLVMValueRef value)
{
    struct halves before = value_split(p->builder, p->layout, expected);
    struct halves after = value_split(p->builder, p->layout, value);
    LLVMTypeRef type = LLVMTypeOf(value);
    LLVMValueRef arguments[] = {flat(p, pointer), size_of(p, type), before.low,
                                before.high,      after.low,        after.high};
    LLVMValueRef halves =
        call(p, MEMSENTRY_CRYPT_EXCHANGE_SYMBOL, value_halves_type(p->context), arguments, 6);

    return value_join(p->builder, p->layout, type, halves);
}

static LLVMValueRef same_bits(const struct place *p, LLVMValueRef one, LLVMValueRef other)
{
    struct halves a = value_split(p->builder, p->layout, one);
    struct halves b = value_split(p->builder, p->layout, other);

    return LLVMBuildAnd(p->builder, LLVMBuildICmp(p->builder, LLVMIntEQ, a.low, b.low, ""),
                        LLVMBuildICmp(p->builder, LLVMIntEQ, a.high, b.high, ""), "");
}

/* ---- copies in ordinary memory ---- */

/* A variable of the function's own, for what does not fit into registers. */
static LLVMValueRef variable(const struct place *p, LLVMTypeRef type)
{
    LLVMBasicBlockRef here = LLVMGetInsertBlock(p->builder);
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(LLVMGetBasicBlockParent(here));

    LLVMPositionBuilderBefore(p->builder, LLVMGetFirstInstruction(entry));
    LLVMValueRef variable = LLVMBuildAlloca(p->builder, type, "");
    LLVMPositionBuilderBefore(p->builder, p->instruction);
    return variable;
}

/* So that no plaintext stays behind; volatile, for nothing reads it. */
static void forget(const struct place *p, LLVMValueRef variable, LLVMTypeRef type)
{
    LLVMValueRef fill =
        LLVMBuildMemSet(p->builder, variable, LLVMConstNull(LLVMInt8TypeInContext(p->context)),
                        size_of(p, type), LLVMGetAlignment(variable));
    LLVMSetOperand(fill, 3, LLVMConstInt(LLVMInt1TypeInContext(p->context), 1, 0));
}

/* ---- instructions ---- */

static void replace_by(const struct place *p, LLVMValueRef value)
{
    LLVMReplaceAllUsesWith(p->instruction, value);
    LLVMInstructionEraseFromParent(p->instruction);
}

static void replace_load(const struct place *p)
{
    LLVMTypeRef type = LLVMTypeOf(p->instruction);
    LLVMValueRef pointer = LLVMGetOperand(p->instruction, 0);

    if (value_is_small(p->layout, type)) {
        replace_by(p, load(p, type, pointer));
        return;
    }
    LLVMValueRef copied = variable(p, type);
    copy(p, MEMSENTRY_CRYPT_READ_SYMBOL, copied, pointer, size_of(p, type));
    LLVMValueRef value = LLVMBuildLoad2(p->builder, type, copied, "");
    LLVMSetVolatile(value, 1);
    forget(p, copied, type);
    replace_by(p, value);
}

static void replace_store(const struct place *p)
{
    LLVMValueRef value = LLVMGetOperand(p->instruction, 0);
    LLVMValueRef pointer = LLVMGetOperand(p->instruction, 1);
    LLVMTypeRef type = LLVMTypeOf(value);

    if (benchdomain_is_point(p->instruction)) {
        benchdomain_keep(p->instruction,
                         call(p, MEMSENTRY_CRYPT_SWITCH_SYMBOL, nothing(p), NULL, 0));
    } else if (value_is_small(p->layout, type)) {
        struct halves halves = value_split(p->builder, p->layout, value);
        LLVMValueRef arguments[] = {flat(p, pointer), size_of(p, type), halves.low,
                                    halves.high};
        call(p, MEMSENTRY_CRYPT_STORE_SYMBOL, nothing(p), arguments, 4);
        if (LLVMGetOrdering(p->instruction) == LLVMAtomicOrderingSequentiallyConsistent)
            LLVMBuildFence(p->builder, LLVMAtomicOrderingSequentiallyConsistent, 0, "");
    } else {
        LLVMValueRef copied = variable(p, type);
        LLVMSetVolatile(LLVMBuildStore(p->builder, value, copied), 1);
        copy(p, MEMSENTRY_CRYPT_WRITE_SYMBOL, pointer, copied, size_of(p, type));
        forget(p, copied, type);
    }
    LLVMInstructionEraseFromParent(p->instruction);
}

static const char *replace_exchange(const struct place *p)
{
    LLVMValueRef expected = LLVMGetOperand(p->instruction, 1);
    LLVMValueRef value = LLVMGetOperand(p->instruction, 2);

    if (!value_is_small(p->layout, LLVMTypeOf(value)))
        return NO_FORM;
    LLVMValueRef found = exchange(p, LLVMGetOperand(p->instruction, 0), expected, value);
    LLVMValueRef result = LLVMGetPoison(LLVMTypeOf(p->instruction));
    result = LLVMBuildInsertValue(p->builder, result, found, 0, "");
    replace_by(p,
               LLVMBuildInsertValue(p->builder, result, same_bits(p, found, expected), 1, ""));
    return NULL;
}

static LLVMValueRef pick(LLVMBuilderRef builder, LLVMIntPredicate order, LLVMValueRef a,
                         LLVMValueRef b)
{
    return LLVMBuildSelect(builder, LLVMBuildICmp(builder, order, a, b, ""), a, b, "");
}

/* NULL for an operation that is not known here. */
static LLVMValueRef combine(LLVMBuilderRef builder, LLVMAtomicRMWBinOp operation,
                            LLVMValueRef found, LLVMValueRef value)
{
    switch (operation) {
    case LLVMAtomicRMWBinOpXchg:
        return value;
    case LLVMAtomicRMWBinOpAdd:
        return LLVMBuildAdd(builder, found, value, "");
    case LLVMAtomicRMWBinOpSub:
        return LLVMBuildSub(builder, found, value, "");
    case LLVMAtomicRMWBinOpAnd:
        return LLVMBuildAnd(builder, found, value, "");
    case LLVMAtomicRMWBinOpNand:
        return LLVMBuildNot(builder, LLVMBuildAnd(builder, found, value, ""), "");
    case LLVMAtomicRMWBinOpOr:
        return LLVMBuildOr(builder, found, value, "");
    case LLVMAtomicRMWBinOpXor:
        return LLVMBuildXor(builder, found, value, "");
    case LLVMAtomicRMWBinOpMax:
        return pick(builder, LLVMIntSGT, found, value);
    case LLVMAtomicRMWBinOpMin:
        return pick(builder, LLVMIntSLT, found, value);
    case LLVMAtomicRMWBinOpUMax:
        return pick(builder, LLVMIntUGT, found, value);
    case LLVMAtomicRMWBinOpUMin:
        return pick(builder, LLVMIntULT, found, value);
    case LLVMAtomicRMWBinOpFAdd:
        return LLVMBuildFAdd(builder, found, value, "");
    case LLVMAtomicRMWBinOpFSub:
        return LLVMBuildFSub(builder, found, value, "");
    default:
        return NULL;
    }
}

/*
 * A function of its own: load, combine, and exchange until nobody was faster. One for each
 * operation and type that a module has.
 */
static LLVMValueRef add_update(const struct place *p, const char *name, LLVMTypeRef type,
                               LLVMTypeRef value_type)
{
    LLVMValueRef function = LLVMAddFunction(p->module, name, type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(p->context);
    struct place inside = *p;

    inside.builder = builder;
    LLVMSetLinkage(function, LLVMInternalLinkage);
    function_add_llvm_attribute(function, "nounwind");
    LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(p->context, function, "");
    LLVMBasicBlockRef loop = LLVMAppendBasicBlockInContext(p->context, function, "");
    LLVMBasicBlockRef end = LLVMAppendBasicBlockInContext(p->context, function, "");
    LLVMValueRef pointer = LLVMGetParam(function, 0), value = LLVMGetParam(function, 1);
    LLVMPositionBuilderAtEnd(builder, entry);
    LLVMValueRef first = load(&inside, value_type, pointer);
    LLVMBuildBr(builder, loop);
    LLVMPositionBuilderAtEnd(builder, loop);
    LLVMValueRef expected = LLVMBuildPhi(builder, value_type, "");
    LLVMValueRef combined =
        combine(builder, LLVMGetAtomicRMWBinOp(p->instruction), expected, value);
    LLVMValueRef found = exchange(&inside, pointer, expected, combined);
    LLVMBuildCondBr(builder, same_bits(&inside, found, expected), end, loop);
    LLVMValueRef values[] = {first, found};
    LLVMBasicBlockRef blocks[] = {entry, loop};
    LLVMAddIncoming(expected, values, blocks, 2);
    LLVMPositionBuilderAtEnd(builder, end);
    LLVMBuildRet(builder, expected);
    LLVMDisposeBuilder(builder);
    return function;
}

static bool is_known(LLVMAtomicRMWBinOp operation)
{
    return operation <= LLVMAtomicRMWBinOpFSub;
}

static const char *replace_update(const struct place *p)
{
    LLVMValueRef value = LLVMGetOperand(p->instruction, 1);
    LLVMTypeRef value_type = LLVMTypeOf(value), parameters[] = {p->pointer, value_type};
    LLVMTypeRef type = LLVMFunctionType(value_type, parameters, 2, 0);
    char name[96], *printed;

    if (!is_known(LLVMGetAtomicRMWBinOp(p->instruction)) ||
        !value_is_small(p->layout, value_type))
        return NO_FORM;
    printed = LLVMPrintTypeToString(value_type);
    snprintf(name, sizeof name, "__memsentry_crypt_update.%d.%.40s",
             (int)LLVMGetAtomicRMWBinOp(p->instruction), printed);
    LLVMDisposeMessage(printed);
    LLVMValueRef function = LLVMGetNamedFunction(p->module, name);
    if (!function)
        function = add_update(p, name, type, value_type);
    LLVMValueRef arguments[] = {flat(p, LLVMGetOperand(p->instruction, 0)), value};
    replace_by(p, LLVMBuildCall2(p->builder, type, function, arguments, 2, ""));
    return NULL;
}

/* ---- calls ---- */

static bool is_named(const char *name, const char *intrinsic)
{
    return !strncmp(name, intrinsic, strlen(intrinsic));
}

static bool is_region(LLVMValueRef call, unsigned operand)
{
    LLVMTypeRef type = LLVMTypeOf(LLVMGetOperand(call, operand));

    return LLVMGetPointerAddressSpace(type) == MEMSENTRY_REGION_ADDRESS_SPACE ||
           memsentry_is_saferegion_access(call);
}

static LLVMValueRef length(const struct place *p)
{
    return LLVMBuildZExt(p->builder, LLVMGetOperand(p->instruction, ACCESS_LENGTH_OPERAND),
                         p->number, "");
}

static const char *replace_copy(const struct place *p)
{
    const char *name = !is_region(p->instruction, 0)   ? MEMSENTRY_CRYPT_READ_SYMBOL
                       : !is_region(p->instruction, 1) ? MEMSENTRY_CRYPT_WRITE_SYMBOL
                                                       : MEMSENTRY_CRYPT_MOVE_SYMBOL;

    copy(p, name, LLVMGetOperand(p->instruction, 0), LLVMGetOperand(p->instruction, 1),
         length(p));
    LLVMInstructionEraseFromParent(p->instruction);
    return NULL;
}

static const char *replace_fill(const struct place *p)
{
    LLVMValueRef arguments[] = {flat(p, LLVMGetOperand(p->instruction, 0)),
                                LLVMGetOperand(p->instruction, 1), length(p)};

    call(p, MEMSENTRY_CRYPT_FILL_SYMBOL, nothing(p), arguments, 3);
    LLVMInstructionEraseFromParent(p->instruction);
    return NULL;
}

static const char *replace_intrinsic(const struct place *p)
{
    size_t size;
    const char *name = LLVMGetValueName2(LLVMGetCalledValue(p->instruction), &size);

    if (is_named(name, "llvm.memcpy.p") || is_named(name, "llvm.memmove.p") ||
        is_named(name, "llvm.memcpy.inline."))
        return replace_copy(p);
    if (is_named(name, "llvm.memset.p") || is_named(name, "llvm.memset.inline."))
        return replace_fill(p);
    return NO_FORM;
}

static const char *replace(const struct place *p)
{
    switch (LLVMGetInstructionOpcode(p->instruction)) {
    case LLVMLoad:
        replace_load(p);
        return NULL;
    case LLVMStore:
        replace_store(p);
        return NULL;
    case LLVMAtomicCmpXchg:
        return replace_exchange(p);
    case LLVMAtomicRMW:
        return replace_update(p);
    case LLVMCall:
        if (LLVMIsAInlineAsm(LLVMGetCalledValue(p->instruction)))
            return NO_ASSEMBLY;
        return replace_intrinsic(p);
    default:
        return NO_FORM;
    }
}

const char *crypt_replace(LLVMTargetDataRef layout, LLVMValueRef instruction)
{
    if (crypt_leaves(layout, instruction)) {
        sdk_forget_access(instruction);
        return NULL;
    }
    LLVMModuleRef module =
        LLVMGetGlobalParent(LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction)));
    LLVMContextRef context = LLVMGetModuleContext(module);
    struct place place = {
        .layout = layout,
        .instruction = instruction,
        .context = context,
        .module = module,
        .builder = LLVMCreateBuilderInContext(context),
        .pointer = LLVMPointerTypeInContext(context, 0),
        .number = LLVMInt64TypeInContext(context),
    };
    LLVMPositionBuilderBefore(place.builder, instruction);
    const char *error = replace(&place);
    LLVMDisposeBuilder(place.builder);
    return error;
}
