/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A jmp_buf lies in ordinary memory, and longjmp takes from it where to go on, on which stack,
 * and what the callee-saved registers hold. The runtime's functions leave a handle there. They
 * learn by the register of the static chain where the return address of their caller lies, so
 * that they can tell whether it still runs.
 */
#include "jumps.h"

#include <memsentry-pass.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "ir.h"
#include "signature.h"

#define FORGET "__memsentry_forget_jumps"
/* The signature of those that do not return. */
#define LONGJMP "vpi"

static const struct {
    const char *name, *signature;
    bool saves;
} jumps[] = {
#define MEMSENTRY_JUMP(name, signature, saves) {#name, signature, saves},
#include <memsentry/jumps.def>
};

static LLVMTypeRef pointer_type(LLVMModuleRef module)
{
    return LLVMPointerTypeInContext(LLVMGetModuleContext(module), 0);
}

/* Where the return address of the function lies. */
static LLVMValueRef build_frame(LLVMBuilderRef builder, LLVMModuleRef module)
{
    LLVMTypeRef pointer = pointer_type(module);
    unsigned id = LLVMLookupIntrinsicID("llvm.addressofreturnaddress", 27);
    LLVMValueRef function = LLVMGetIntrinsicDeclaration(module, id, &pointer, 1);

    return LLVMBuildCall2(builder, LLVMGlobalGetValueType(function), function, NULL, 0,
                          "frame");
}

static LLVMValueRef pass_frame(LLVMBuilderRef builder, LLVMValueRef call)
{
    LLVMBasicBlockRef block = LLVMGetInstructionParent(call);

    LLVMPositionBuilderBefore(builder, call);
    return memsentry_pass_chain(
        call, build_frame(builder, LLVMGetGlobalParent(LLVMGetBasicBlockParent(block))));
}

static bool is_call_of(LLVMValueRef user, LLVMValueRef function)
{
    return (LLVMIsACallInst(user) || LLVMIsAInvokeInst(user)) &&
           LLVMGetCalledValue(user) == function;
}

/* Forgets what this function has saved, if `own`, and those that it has called. */
static void forget(LLVMBuilderRef builder, LLVMModuleRef module, LLVMValueRef before, bool own)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef pointer = pointer_type(module);
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), &pointer, 1, 0);
    LLVMValueRef function = ir_declare(module, FORGET, type);
    LLVMValueRef below = LLVMConstInt(LLVMInt64TypeInContext(context), (uint64_t)-8, 1);

    ir_add_attribute(function, "nounwind");
    LLVMPositionBuilderBefore(builder, before);
    LLVMValueRef frame = build_frame(builder, module);
    if (!own)
        frame = LLVMBuildGEP2(builder, LLVMInt8TypeInContext(context), frame, &below, 1, "");
    LLVMBuildCall2(builder, type, function, &frame, 1, "");
}

/* At a return, or before the call that takes the function's place. */
static void forget_at(LLVMBuilderRef builder, LLVMModuleRef module, LLVMValueRef end)
{
    LLVMValueRef before = LLVMGetPreviousInstruction(end);

    while (before && (LLVMIsABitCastInst(before) ||
                      (LLVMIsACallInst(before) && ir_calls_intrinsic(before, "llvm."))))
        before = LLVMGetPreviousInstruction(before);
    if (before && LLVMIsACallInst(before) &&
        LLVMGetTailCallKind(before) == LLVMTailCallKindMustTail)
        end = before;
    forget(builder, module, end, true);
}

/* An exception leaves functions without a word, up to the one that catches it. */
static void forget_at_catches(LLVMBuilderRef builder, LLVMModuleRef module)
{
    LLVMValueRef catch = LLVMGetNamedFunction(module, "__cxa_begin_catch");
    struct values calls = {0};

    for (LLVMUseRef use = catch ? LLVMGetFirstUse(catch) : NULL; use;
         use = LLVMGetNextUse(use)) {
        if (is_call_of(LLVMGetUser(use), catch))
            ir_append(&calls, LLVMGetUser(use));
    }
    for (size_t i = 0; i < calls.count; i++) {
        LLVMBasicBlockRef block = LLVMGetInstructionParent(calls.at[i]);
        /* Not again where modules are merged. */
        if (memsentry_get_stack(LLVMGetBasicBlockParent(block)) == MEMSENTRY_STACK_NORMAL)
            forget(builder, module, calls.at[i], false);
    }
    free(calls.at);
}

static void forget_at_returns(LLVMBuilderRef builder, LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        LLVMValueRef end = LLVMGetBasicBlockTerminator(block);
        if (end && LLVMIsAReturnInst(end))
            forget_at(builder, LLVMGetGlobalParent(function), end);
    }
}

static void add_once(struct values *functions, LLVMValueRef function)
{
    for (size_t i = 0; i < functions->count; i++) {
        if (functions->at[i] == function)
            return;
    }
    ir_append(functions, function);
}

/* `savers` gets the functions that call `function`. */
static void redirect(LLVMBuilderRef builder, LLVMValueRef function, const char *signature,
                     bool saves, struct values *savers)
{
    LLVMValueRef ours = ir_version_of_runtime(function);

    ir_add_attribute(ours, "nounwind");
    if (!strcmp(signature, LONGJMP))
        ir_add_attribute(ours, "noreturn");
    if (saves)
        ir_add_attribute(ours, "returns_twice");
    struct values calls = {0};
    for (LLVMUseRef use = LLVMGetFirstUse(function); use && saves; use = LLVMGetNextUse(use)) {
        if (is_call_of(LLVMGetUser(use), function))
            ir_append(&calls, LLVMGetUser(use));
    }
    LLVMReplaceAllUsesWith(function, ours);
    for (size_t i = 0; i < calls.count; i++) {
        LLVMValueRef call = pass_frame(builder, calls.at[i]);
        add_once(savers, LLVMGetBasicBlockParent(LLVMGetInstructionParent(call)));
    }
    free(calls.at);
}

/*
 * __builtin_setjmp: the front end has put the frame pointer and the native stack pointer into
 * the buffer, which nobody reads any more.
 */
static void redirect_builtin(LLVMBuilderRef builder, LLVMValueRef function,
                             struct values *savers)
{
    static const char set[] = "__memsentry_builtin_setjmp";
    static const char go[] = "__memsentry_builtin_longjmp";
    LLVMModuleRef module = LLVMGetGlobalParent(function);
    LLVMTypeRef pointer = pointer_type(module);
    struct values all = ir_instructions_of(function);
    bool found = false;

    for (size_t i = 0; i < all.count; i++) {
        bool saves = ir_calls_intrinsic(all.at[i], "llvm.eh.sjlj.setjmp");
        if (!saves && !ir_calls_intrinsic(all.at[i], "llvm.eh.sjlj.longjmp"))
            continue;
        LLVMTypeRef type = LLVMFunctionType(LLVMTypeOf(all.at[i]), &pointer, 1, 0);
        LLVMValueRef ours = ir_declare(module, saves ? set : go, type);
        LLVMValueRef buffer = LLVMGetOperand(all.at[i], 0);
        ir_add_attribute(ours, "nounwind");
        ir_add_attribute(ours, saves ? "returns_twice" : "noreturn");
        LLVMPositionBuilderBefore(builder, all.at[i]);
        LLVMValueRef call = LLVMBuildCall2(builder, type, ours, &buffer, 1, "");
        if (saves) {
            call = pass_frame(builder, call);
            LLVMReplaceAllUsesWith(all.at[i], call);
            add_once(savers, function);
            found = true;
        }
        LLVMInstructionEraseFromParent(all.at[i]);
        all.at[i] = call;
    }
    for (size_t i = 0; i < all.count && found; i++) {
        if (LLVMIsAStoreInst(all.at[i]) &&
            ir_calls_intrinsic(LLVMGetOperand(all.at[i], 0), "llvm.stacksave"))
            LLVMSetOperand(all.at[i], 0, LLVMConstNull(pointer));
    }
    free(all.at);
}

void jumps_redirect(LLVMBuilderRef builder, LLVMModuleRef module)
{
    struct values savers = {0};

    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        LLVMValueRef function = LLVMGetNamedFunction(module, jumps[i].name);
        if (function && LLVMIsDeclaration(function) && LLVMGetFirstUse(function) &&
            signature_holds(function, jumps[i].signature))
            redirect(builder, function, jumps[i].signature, jumps[i].saves, &savers);
    }
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f))
            redirect_builtin(builder, f, &savers);
    }
    for (size_t i = 0; i < savers.count; i++)
        forget_at_returns(builder, savers.at[i]);
    forget_at_catches(builder, module);
    free(savers.at);
}
