/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Arguments of calls to code that is not instrumented. They are checked, not masked: a null
 * pointer means something to most of these functions, and a silent change would hide an attack.
 */
#include "mediate.h"

#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../config.h"
#include "access.h"

enum length_kind { LENGTH_OPEN, LENGTH_BYTES, LENGTH_TIMES, LENGTH_SCALED, LENGTH_UP_TO };

struct external_call {
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

static const struct external_call external_calls[] = {
#define EXTERNAL_CALL(name, argument, mode, length) {#name, argument, mode, length},
#include "external_calls.def"
};

static LLVMValueRef word_constant(const struct mediation *m, uint64_t value)
{
    return LLVMConstInt(LLVMInt64TypeInContext(LLVMGetModuleContext(m->module)), value, 0);
}

/* The product, or all ones where it does not fit. */
static LLVMValueRef saturated_product(const struct mediation *m, LLVMValueRef a, LLVMValueRef b)
{
    LLVMTypeRef word = LLVMTypeOf(a);
    LLVMValueRef factors[] = {a, b};
    unsigned id = LLVMLookupIntrinsicID("llvm.umul.with.overflow", 23);
    LLVMValueRef function = LLVMGetIntrinsicDeclaration(m->module, id, &word, 1);
    LLVMValueRef pair =
        LLVMBuildCall2(m->builder, LLVMGlobalGetValueType(function), function, factors, 2, "");

    return LLVMBuildSelect(m->builder, LLVMBuildExtractValue(m->builder, pair, 1, ""),
                           word_constant(m, UINT64_MAX),
                           LLVMBuildExtractValue(m->builder, pair, 0, ""), "");
}

/* The length in bytes, or NULL when the table's line does not fit this call. */
static LLVMValueRef call_length(const struct mediation *m, LLVMValueRef call,
                                const struct external_call *external)
{
    unsigned needed =
        external->kind == LENGTH_TIMES && external->b > external->a ? external->b : external->a;
    LLVMValueRef factors[2];

    if (external->kind == LENGTH_OPEN)
        return word_constant(m, MEMSENTRY_LENGTH_UNKNOWN);
    if (external->kind == LENGTH_UP_TO)
        return word_constant(m, external->a);
    if (needed >= LLVMGetNumArgOperands(call))
        return NULL;
    for (unsigned i = 0; i < 2; i++) {
        unsigned at = i ? external->b : external->a;
        if (i == 1 && external->kind != LENGTH_TIMES) {
            factors[1] = word_constant(m, external->b);
            break;
        }
        if (LLVMGetTypeKind(LLVMTypeOf(LLVMGetOperand(call, at))) != LLVMIntegerTypeKind)
            return NULL;
        mediate_settle(m, call, at);
        factors[i] = mediate_word(m, LLVMGetOperand(call, at));
    }
    if (external->kind == LENGTH_BYTES)
        return factors[0];
    struct interval product = interval_scale(interval_of_value(factors[0], false),
                                             interval_of_value(factors[1], false).hi);
    if (product.hi <= (wide)MEMSENTRY_GUARD_REACH)
        return LLVMBuildMul(m->builder, factors[0], factors[1], "");
    return saturated_product(m, factors[0], factors[1]);
}

static LLVMValueRef name_string(const struct mediation *m, const char *name)
{
    char symbol[80];

    snprintf(symbol, sizeof symbol, ".memsentry.callee.%s", name);
    LLVMValueRef string = LLVMGetNamedGlobal(m->module, symbol);
    if (string)
        return string;
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMValueRef bytes = LLVMConstStringInContext2(context, name, strlen(name), 0);
    string = LLVMAddGlobal(m->module, LLVMTypeOf(bytes), symbol);
    LLVMSetInitializer(string, bytes);
    LLVMSetGlobalConstant(string, 1);
    LLVMSetLinkage(string, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(string, LLVMGlobalUnnamedAddr);
    return string;
}

static void check(const struct mediation *m, LLVMValueRef call,
                  const struct external_call *external)
{
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef pointer_type = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef types[] = {pointer_type, LLVMInt64TypeInContext(context), pointer_type};
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), types, 3, 0);
    LLVMValueRef outside = NULL, condition = NULL;

    if (external->argument >= LLVMGetNumArgOperands(call))
        return;
    LLVMValueRef pointer = LLVMGetOperand(call, external->argument);
    if (LLVMTypeOf(pointer) != pointer_type)
        return;
    LLVMPositionBuilderBefore(m->builder, call);
    mediate_settle(m, call, external->argument);
    pointer = LLVMGetOperand(call, external->argument);
    LLVMValueRef length = call_length(m, call, external);
    bool open = !length || external->kind == LENGTH_OPEN;
    if (!length)
        length = word_constant(m, MEMSENTRY_LENGTH_UNKNOWN);

    /* Null is an argument that these functions know, or an access to the null page. */
    if (!LLVMIsNull(pointer) && !mediate_is_confined(m, pointer)) {
        outside = m->backend->is_outside(m->builder, pointer);
        condition = outside;
    }
    if (!open && interval_of_value(length, false).hi > (wide)MEMSENTRY_GUARD_REACH) {
        condition = LLVMBuildICmp(m->builder, LLVMIntUGT, length,
                                  word_constant(m, MEMSENTRY_GUARD_REACH), "excess");
        if (outside)
            condition = LLVMBuildOr(m->builder, outside, condition, "");
    }
    if (!condition || (LLVMIsAConstantInt(condition) && !LLVMConstIntGetZExtValue(condition)))
        return;
    LLVMValueRef arguments[] = {pointer, length, name_string(m, external->name)};
    LLVMPositionBuilderBefore(m->builder, bridge_split_unlikely(condition, call, false));
    LLVMBuildCall2(m->builder, type,
                   mediate_runtime_function(m, MEMSENTRY_CHECK_ARGUMENT_SYMBOL, type, false),
                   arguments, 3, "");
}

/* In link-time optimization other modules bring bodies that nobody asked to instrument. */
static bool is_instrumented(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return !LLVMIsDeclaration(function) && config_of_function(function, &backend, &mode);
}

void mediate_arguments(const struct mediation *m, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    size_t length;

    if (!LLVMIsAFunction(callee) || LLVMGetIntrinsicID(callee) ||
        memsentry_is_saferegion_access(call) || is_instrumented(callee))
        return;
    const char *name = LLVMGetValueName2(callee, &length);
    if (length && name[0] == '\1')
        name++;
    for (size_t i = 0; i < sizeof external_calls / sizeof external_calls[0]; i++) {
        const struct external_call *external = &external_calls[i];
        if ((external->mode & m->mode) && !strcmp(external->name, name))
            check(m, call, external);
    }
}
