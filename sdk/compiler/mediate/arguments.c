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
#include "../calls/calls.h"
#include "../calls/format.h"
#include "../config.h"
#include "access.h"

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

/* The static chain: no argument that anybody stated, and only ever the first or the last. */
static bool is_chain(LLVMValueRef call, unsigned index)
{
    return LLVMGetCallSiteEnumAttribute(call, index + 1,
                                        LLVMGetEnumAttributeKindForName("nest", 4)) != NULL;
}

/* Where the arguments start that the tables count. */
static unsigned first_argument(LLVMValueRef call)
{
    return is_chain(call, 0) ? 1 : 0;
}

/* The length in bytes, or NULL when it is not stated or the table's line does not fit this
 * call.
 */
static LLVMValueRef call_length(const struct mediation *m, LLVMValueRef call,
                                const struct external_argument *external)
{
    unsigned needed =
        external->kind == LENGTH_TIMES && external->b > external->a ? external->b : external->a;
    unsigned first = first_argument(call);
    LLVMValueRef factors[2];

    if (external->kind == LENGTH_UP_TO)
        return word_constant(m, external->a);
    if (external->kind != LENGTH_BYTES && external->kind != LENGTH_TIMES &&
        external->kind != LENGTH_SCALED)
        return NULL;
    if (first + needed >= LLVMGetNumArgOperands(call))
        return NULL;
    for (unsigned i = 0; i < 2; i++) {
        unsigned at = first + (i ? external->b : external->a);
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

/* The argument as a pointer, or NULL when it is none. */
static LLVMValueRef settled_pointer(const struct mediation *m, LLVMValueRef call,
                                    unsigned index, bool handle)
{
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef pointer_type = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef type = LLVMTypeOf(LLVMGetOperand(call, index));

    if (type != pointer_type && !(handle && type == LLVMInt64TypeInContext(context)))
        return NULL;
    LLVMPositionBuilderBefore(m->builder, call);
    mediate_settle(m, call, index);
    LLVMValueRef argument = LLVMGetOperand(call, index);
    return type == pointer_type ? argument
                                : LLVMBuildIntToPtr(m->builder, argument, pointer_type, "");
}

/* `length` is NULL when it is not known. */
static void check(const struct mediation *m, LLVMValueRef call, LLVMValueRef pointer,
                  LLVMValueRef length, const char *name)
{
    LLVMValueRef outside = NULL, condition = NULL;

    /* Null is an argument that these functions know, or an access to the null page. */
    if (!LLVMIsNull(pointer) && !mediate_is_confined(m, pointer)) {
        outside = m->backend->is_outside(m->builder, pointer);
        condition = outside;
    }
    if (length && interval_of_value(length, false).hi > (wide)MEMSENTRY_GUARD_REACH) {
        condition = LLVMBuildICmp(m->builder, LLVMIntUGT, length,
                                  word_constant(m, MEMSENTRY_GUARD_REACH), "excess");
        if (outside)
            condition = LLVMBuildOr(m->builder, outside, condition, "");
    }
    if (!condition || (LLVMIsAConstantInt(condition) && !LLVMConstIntGetZExtValue(condition)))
        return;
    LLVMPositionBuilderBefore(m->builder, bridge_split_unlikely(condition, call, false));
    mediate_call_stub(m, pointer, length, name);
}

static void check_at(const struct mediation *m, LLVMValueRef call, unsigned index,
                     const struct external_argument *external, const char *name)
{
    if (index >= LLVMGetNumArgOperands(call) || is_chain(call, index))
        return;
    LLVMValueRef pointer = settled_pointer(m, call, index, external->kind == LENGTH_HANDLE);
    if (pointer)
        check(m, call, pointer, call_length(m, call, external), name);
}

static void check_argument(const struct mediation *m, LLVMValueRef call,
                           const struct external_argument *external, const char *name)
{
    unsigned start = first_argument(call) + external->argument, end = start + 1;
    struct format format;

    if (external->kind == LENGTH_REST || external->kind == LENGTH_FORMAT)
        end = LLVMGetNumArgOperands(call);
    if (external->kind == LENGTH_FORMAT)
        format_of_argument(&format, call, first_argument(call) + external->a);
    for (unsigned i = start; i < end; i++) {
        unsigned mode = external->mode;
        if (external->kind == LENGTH_FORMAT)
            mode &= format_access(&format, i - start);
        if (mode & m->mode)
            check_at(m, call, i, external, name);
    }
}

/* Whoever is called stores the result there; instrumented code confines that itself. */
static void check_result(const struct mediation *m, LLVMValueRef call, const char *name)
{
    const struct external_argument result = {ACCESS_WRITE, 0, LENGTH_UP_TO, 0, 0};

    for (unsigned i = 0; i < 3 && i < LLVMGetNumArgOperands(call); i++) {
        LLVMTypeRef type = access_argument_type(call, i, "sret");
        if (!type)
            continue;
        LLVMValueRef pointer = settled_pointer(m, call, i, false);
        unsigned long long size = LLVMABISizeOfType(m->layout, type);
        if (pointer && (result.mode & m->mode))
            check(m, call, pointer, word_constant(m, size), name);
    }
}

bool mediate_is_instrumented(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return !LLVMIsDeclaration(function) && config_of_function(function, &backend, &mode);
}

const char *mediate_external_name(LLVMValueRef function)
{
    size_t length;
    const char *name = LLVMGetValueName2(function, &length);

    if (length && name[0] == '\1')
        name++;
    /* The runtime's own version of a function accesses the same. */
    size_t prefix = sizeof MEMSENTRY_CALL_PREFIX - 1;
    return strncmp(name, MEMSENTRY_CALL_PREFIX, prefix) ? name : name + prefix;
}

/* Sends the call to the runtime's function. Returns the call. */
static LLVMValueRef redirect(const struct mediation *m, LLVMValueRef call, LLVMValueRef callee,
                             const struct nested_call *nested)
{
    char symbol[64];

    snprintf(symbol, sizeof symbol, MEMSENTRY_CALL_PREFIX "%s_%s",
             config_mode_name(nested->mode & m->mode), nested->name);
    LLVMValueRef checked = LLVMGetNamedFunction(m->module, symbol);
    if (!checked)
        checked = LLVMAddFunction(m->module, symbol, LLVMGlobalGetValueType(callee));
    LLVMSetOperand(call, (unsigned)LLVMGetNumOperands(call) - 1, checked);
    return bridge_pad_call(call, nested->arguments);
}

/* On the protected stack, to which the call may then point. */
static bool has_exempt_locals(const struct mediation *m, LLVMValueRef call)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(call));

    if (m->stack != MEMSENTRY_STACK_EXEMPT)
        return false;
    for (LLVMValueRef i = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)); i;
         i = LLVMGetNextInstruction(i)) {
        if (LLVMIsAAllocaInst(i))
            return true;
    }
    return false;
}

LLVMValueRef mediate_arguments(const struct mediation *m, LLVMValueRef call)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (LLVMIsAInlineAsm(callee) || memsentry_is_saferegion_access(call))
        return call;
    if (!LLVMIsAFunction(callee)) {
        check_result(m, call, "a function by its address");
        return call;
    }
    if (LLVMGetIntrinsicID(callee) || mediate_is_instrumented(callee))
        return call;
    const char *name = mediate_external_name(callee);
    check_result(m, call, name);
    const struct nested_call *nested = nested_call_find(name);
    if (nested && (nested->mode & m->mode) && !has_exempt_locals(m, call))
        return redirect(m, call, callee, nested);
    const struct external_call *external = external_call_find(name);
    for (size_t i = 0; external && external->arguments[i].mode; i++)
        check_argument(m, call, &external->arguments[i], name);
    return call;
}
