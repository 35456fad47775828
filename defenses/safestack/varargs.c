/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Variable arguments where reads are confined as well as writes. A va_list has pointers to the
 * arguments, and it lies in ordinary memory, so the arguments must lie there too, not on the
 * native stack where the calling convention has them:
 *
 * - The function takes all argument registers as parameters and stores them on its unsafe
 * stack.
 * - The caller keeps a copy of what it passes on the stack on its own unsafe stack and says in
 *   the register of the static chain, which variadic functions have no other use for, where.
 *
 * Nothing is believed for this: what comes of a forged announcement is an address in ordinary
 * memory that is confined like any other.
 */
#include "varargs.h"

#include <memsentry-pass.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "ir.h"
#include "passing.h"

/* Of struct __va_list_tag. */
enum { GP_OFFSET = 0, FP_OFFSET = 4, OVERFLOW_AREA = 8, SAVE_AREA = 16 };

#define VECTOR_SIZE 16
#define SAVE_AREA_SIZE (GENERAL_REGISTERS * 8 + VECTOR_REGISTERS * VECTOR_SIZE)

static struct passing passing_start(LLVMBuilderRef builder, LLVMValueRef function)
{
    return (struct passing){
        .layout = LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)),
        .builder = builder,
        .alignment = 16,
    };
}

static bool is_system_v(unsigned convention)
{
    return convention == LLVMCCallConv || convention == LLVMX8664SysVCallConv;
}

/* An attribute of parameter `index` at a call, where it may also be the callee's. */
static LLVMAttributeRef call_attribute(LLVMValueRef call, unsigned index, const char *name)
{
    unsigned kind = ir_attribute_kind(name);
    LLVMAttributeRef found = LLVMGetCallSiteEnumAttribute(call, index + 1, kind);
    LLVMValueRef callee = LLVMGetCalledValue(call);

    if (!found && LLVMIsAFunction(callee) &&
        LLVMGlobalGetValueType(callee) == LLVMGetCalledFunctionType(call))
        found = LLVMGetEnumAttributeAtIndex(callee, index + 1, kind);
    return found;
}

static uint64_t alignment_of(LLVMTargetDataRef layout, LLVMAttributeRef stack,
                             LLVMAttributeRef parameter, LLVMTypeRef type)
{
    if (stack)
        return LLVMGetEnumAttributeValue(stack);
    return parameter ? LLVMGetEnumAttributeValue(parameter)
                     : LLVMABIAlignmentOfType(layout, type);
}

static void pass_arguments(struct passing *p, LLVMValueRef call)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        LLVMValueRef value = LLVMGetOperand(call, i);
        LLVMAttributeRef byval = call_attribute(call, i, "byval");
        if (!byval) {
            passing_value(p, LLVMTypeOf(value), value);
            continue;
        }
        LLVMTypeRef type = LLVMGetTypeAttributeValue(byval);
        passing_object(p, type,
                       alignment_of(p->layout, call_attribute(call, i, "alignstack"),
                                    call_attribute(call, i, "align"), type),
                       value);
    }
}

static bool has_chain(LLVMValueRef call)
{
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (call_attribute(call, i, "nest"))
            return true;
    }
    return false;
}

static bool is_variadic_call(LLVMValueRef instruction)
{
    if (!LLVMIsACallInst(instruction) && !LLVMIsAInvokeInst(instruction))
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    return LLVMIsFunctionVarArg(LLVMGetCalledFunctionType(instruction)) &&
           !LLVMIsAInlineAsm(callee) &&
           !(LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee)) &&
           is_system_v(LLVMGetInstructionCallConv(instruction)) && !has_chain(instruction);
}

static bool is_forwarding_call(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) &&
           LLVMGetTailCallKind(instruction) == LLVMTailCallKindMustTail &&
           is_variadic_call(instruction);
}

static LLVMTypeRef word_type(LLVMValueRef function)
{
    return LLVMInt64TypeInContext(LLVMGetModuleContext(LLVMGetGlobalParent(function)));
}

static LLVMTypeRef pointer_type(LLVMValueRef function)
{
    return LLVMPointerTypeInContext(LLVMGetModuleContext(LLVMGetGlobalParent(function)), 0);
}

static LLVMValueRef at_offset(LLVMBuilderRef builder, LLVMValueRef base, uint64_t offset)
{
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(base));
    LLVMValueRef index = LLVMConstInt(LLVMInt64TypeInContext(context), offset, 0);

    return LLVMBuildGEP2(builder, LLVMInt8TypeInContext(context), base, &index, 1, "");
}

static LLVMValueRef add_object(LLVMBuilderRef builder, LLVMValueRef function, uint64_t size,
                               uint64_t alignment, const char *name)
{
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    LLVMTypeRef type = LLVMArrayType2(LLVMInt8TypeInContext(context), size);

    LLVMPositionBuilderBefore(builder,
                              LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
    LLVMValueRef object = LLVMBuildAlloca(builder, type, name);
    LLVMSetAlignment(object, (unsigned)alignment);
    return object;
}

static void announce(LLVMBuilderRef builder, LLVMValueRef function, LLVMValueRef call,
                     LLVMValueRef copy)
{
    struct passing p = passing_start(builder, function);
    LLVMTypeRef word = word_type(function);
    LLVMValueRef chain = LLVMConstInt(word, MEMSENTRY_ANNOUNCEMENT, 0);

    pass_arguments(&p, call);
    LLVMPositionBuilderBefore(builder, call);
    if (p.unknown || (p.stack && !copy)) {
        chain = LLVMConstNull(word);
    } else if (p.stack) {
        p = passing_start(builder, function);
        p.copy = copy;
        pass_arguments(&p, call);
        chain = LLVMBuildAdd(builder, LLVMBuildPtrToInt(builder, copy, word, ""), chain, "");
    }
    chain = LLVMBuildIntToPtr(builder, chain, pointer_type(function), "");
    memsentry_pass_chain(call, chain);
}

void varargs_announce(LLVMBuilderRef builder, LLVMValueRef function)
{
    /* Without SafeStack the function's objects lie on the native stack, out of reach. */
    bool can_copy = ir_has_attribute(function, "safestack");
    struct values all = ir_instructions_of(function);
    uint64_t size = 0, alignment = 0;
    LLVMValueRef copy = NULL;

    /* One copy serves all calls: its callee is the last to look at it. */
    for (size_t i = 0; i < all.count; i++) {
        if (!is_variadic_call(all.at[i]) || is_forwarding_call(all.at[i]))
            continue;
        struct passing p = passing_start(builder, function);
        pass_arguments(&p, all.at[i]);
        if (p.unknown)
            continue;
        size = p.stack > size ? p.stack : size;
        alignment = p.alignment > alignment ? p.alignment : alignment;
    }
    if (size && can_copy)
        copy = add_object(builder, function, size, alignment, "arguments");
    for (size_t i = 0; i < all.count; i++) {
        if (is_variadic_call(all.at[i]) && !is_forwarding_call(all.at[i]))
            announce(builder, function, all.at[i], copy);
    }
    free(all.at);
}

static LLVMValueRef refuse(LLVMValueRef function, const char *why)
{
    char message[256];
    size_t length;

    snprintf(message, sizeof message,
             "safe-stack cannot give '%s' its variable arguments where reads are confined: %s",
             LLVMGetValueName2(function, &length), why);
    memsentry_error(LLVMGetGlobalParent(function), message);
    return NULL;
}

static bool passes_vectors(LLVMValueRef function)
{
    static const char name[] = "target-features";
    LLVMAttributeRef features =
        LLVMGetStringAttributeAtIndex(function, FUNCTION_INDEX, name, sizeof name - 1);
    unsigned length;
    const char *text = features ? LLVMGetStringAttributeValue(features, &length) : "";

    return !strstr(text, "-sse,") && !strstr(text, "+soft-float") &&
           !ir_has_attribute(function, "noimplicitfloat");
}

/* Where the parameters that have a name are. False when that is not known. */
static bool pass_parameters(struct passing *p, LLVMValueRef function)
{
    for (unsigned i = 0; i < LLVMCountParams(function); i++) {
        LLVMAttributeRef found[3];
        static const char *const names[] = {"byval", "alignstack", "align"};
        for (size_t k = 0; k < 3; k++)
            found[k] =
                LLVMGetEnumAttributeAtIndex(function, i + 1, ir_attribute_kind(names[k]));
        if (!found[0]) {
            passing_value(p, LLVMTypeOf(LLVMGetParam(function, i)), NULL);
            continue;
        }
        LLVMTypeRef type = LLVMGetTypeAttributeValue(found[0]);
        passing_object(p, type, alignment_of(p->layout, found[1], found[2], type), NULL);
    }
    return !p->unknown && !p->disputed;
}

/* What va_start has the va_list point to. */
struct arguments {
    struct passing named;
    LLVMValueRef save, overflow;
};

/* Takes the registers that no parameter is in. */
static LLVMValueRef receive_registers(LLVMBuilderRef builder, LLVMValueRef function,
                                      struct arguments *arguments)
{
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    LLVMTypeRef vector = LLVMVectorType(LLVMFloatTypeInContext(context), 4);
    LLVMTypeRef types[GENERAL_REGISTERS + VECTOR_REGISTERS];
    const struct passing *named = &arguments->named;
    unsigned parameters = LLVMCountParams(function) + 1, count = 0;
    bool vectors = passes_vectors(function);

    for (unsigned i = named->general; i < GENERAL_REGISTERS; i++)
        types[count++] = word_type(function);
    for (unsigned i = named->vector; i < VECTOR_REGISTERS && vectors; i++)
        types[count++] = vector;
    function = memsentry_receive_chain(function, types, count, false);

    arguments->save = add_object(builder, function, SAVE_AREA_SIZE, 16, "registers");
    LLVMPositionBuilderBefore(builder, ir_first_insertion_point(function));
    unsigned generals = GENERAL_REGISTERS - named->general;
    for (unsigned i = 0; i < count; i++) {
        uint64_t offset =
            i < generals ? (named->general + i) * 8
                         : GENERAL_REGISTERS * 8 + (named->vector + i - generals) * VECTOR_SIZE;
        LLVMBuildStore(builder, LLVMGetParam(function, parameters + i),
                       at_offset(builder, arguments->save, offset));
    }
    return function;
}

/*
 * The caller's copy of what is on the stack. A function that reads more arguments than there
 * are finds what it may find: where the caller has announced that there are none, its own
 * registers.
 */
static LLVMValueRef receive_overflow(LLVMBuilderRef builder, LLVMValueRef function,
                                     const struct arguments *arguments)
{
    LLVMTypeRef word = word_type(function), pointer = pointer_type(function);
    LLVMValueRef chain = LLVMBuildPtrToInt(builder, LLVMGetParam(function, 0), word, "");
    uint64_t low = (UINT64_C(1) << MEMSENTRY_ANNOUNCEMENT_SHIFT) - 1;
    LLVMValueRef address = LLVMBuildAnd(builder, chain, LLVMConstInt(word, low, 0), "");
    LLVMValueRef tag = LLVMBuildAnd(builder, chain, LLVMConstInt(word, ~low, 0), "");

    LLVMValueRef announced = LLVMBuildICmp(
        builder, LLVMIntEQ, tag, LLVMConstInt(word, MEMSENTRY_ANNOUNCEMENT, 0), "announced");
    LLVMValueRef none = LLVMBuildICmp(builder, LLVMIntEQ, address, LLVMConstNull(word), "none");
    address = LLVMBuildAdd(builder, address, LLVMConstInt(word, arguments->named.stack, 0), "");
    address = LLVMBuildSelect(
        builder, none, LLVMBuildPtrToInt(builder, arguments->save, word, ""), address, "");
    address = LLVMBuildSelect(builder, announced, address,
                              LLVMConstInt(word, MEMSENTRY_UNANNOUNCED, 0), "");
    return memsentry_confine(builder, LLVMBuildIntToPtr(builder, address, pointer, ""));
}

static void lower_start(LLVMBuilderRef builder, LLVMValueRef start,
                        const struct arguments *arguments)
{
    LLVMValueRef list = LLVMGetOperand(start, 0);
    LLVMTypeRef half = LLVMInt32TypeInContext(LLVMGetTypeContext(LLVMTypeOf(list)));
    unsigned general = arguments->named.general * 8;
    unsigned vector = GENERAL_REGISTERS * 8 + arguments->named.vector * VECTOR_SIZE;

    LLVMPositionBuilderBefore(builder, start);
    LLVMBuildStore(builder, LLVMConstInt(half, general, 0),
                   at_offset(builder, list, GP_OFFSET));
    LLVMBuildStore(builder, LLVMConstInt(half, vector, 0), at_offset(builder, list, FP_OFFSET));
    LLVMBuildStore(builder, arguments->overflow, at_offset(builder, list, OVERFLOW_AREA));
    LLVMBuildStore(builder, arguments->save, at_offset(builder, list, SAVE_AREA));
    LLVMInstructionEraseFromParent(start);
}

static LLVMValueRef receive(LLVMBuilderRef builder, LLVMValueRef function,
                            const struct values *starts)
{
    struct arguments arguments = {.named = passing_start(builder, function)};

    if (!ir_has_attribute(function, "safestack"))
        return refuse(function, "it is excluded from safe-stack");
    if (!is_system_v(LLVMGetFunctionCallConv(function)))
        return refuse(function, "its calling convention is not that of System V");
    for (unsigned i = 0; i < LLVMCountParams(function); i++) {
        if (LLVMGetEnumAttributeAtIndex(function, i + 1, ir_attribute_kind("nest")))
            return refuse(function, "it has a static chain");
    }
    if (!pass_parameters(&arguments.named, function))
        return refuse(function, "it has a parameter that lies in no known place");
    function = receive_registers(builder, function, &arguments);
    arguments.overflow = receive_overflow(builder, function, &arguments);
    for (size_t i = 0; i < starts->count; i++)
        lower_start(builder, starts->at[i], &arguments);
    return function;
}

/* A thunk, which hands all of its arguments on: the announcement with them. */
static LLVMValueRef forward(LLVMValueRef function, const struct values *calls)
{
    function = memsentry_receive_chain(function, NULL, 0, true);
    for (size_t i = 0; i < calls->count; i++)
        memsentry_pass_chain(calls->at[i], LLVMGetParam(function, 0));
    return function;
}

LLVMValueRef varargs_receive(LLVMBuilderRef builder, LLVMValueRef function)
{
    struct values all = {0}, starts = {0}, forwards = {0};

    if (!LLVMIsFunctionVarArg(LLVMGlobalGetValueType(function)))
        return function;
    all = ir_instructions_of(function);
    for (size_t i = 0; i < all.count; i++) {
        if (ir_calls_intrinsic(all.at[i], "llvm.va_start"))
            ir_append(&starts, all.at[i]);
        else if (is_forwarding_call(all.at[i]))
            ir_append(&forwards, all.at[i]);
    }
    if (starts.count && forwards.count)
        function = refuse(function, "it also hands them on");
    else if (starts.count)
        function = receive(builder, function, &starts);
    else if (forwards.count)
        function = forward(function, &forwards);
    free(all.at);
    free(starts.at);
    free(forwards.at);
    return function;
}
