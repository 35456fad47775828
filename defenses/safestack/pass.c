/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * SafeStack: LLVM's own transformation, run early, so that what it leaves on the native stack
 * and what it moves to the unsafe stack can be instrumented.
 *
 * What may stay on the native (safe) stack is decided here, by facts that an attacker cannot
 * break; LLVM's decision rests on scalar evolution and does not look at atomic operations. The
 * unsafe stack pointer lies in thread-local memory that the attacker can write, so every value
 * of it is confined.
 */
#include <memsentry-pass.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include <memsentry/abi.h>

#include "callbacks.h"
#include "ir.h"
#include "jumps.h"
#include "varargs.h"

/* Keeps `object` off the native stack: its address escapes into an empty piece of assembly. */
static void force_unsafe(LLVMBuilderRef builder, LLVMValueRef object, LLVMValueRef before,
                         struct values *escapes)
{
    static const char text[] = "# memsentry: unsafe stack";
    LLVMTypeRef pointer = LLVMTypeOf(object);
    LLVMTypeRef type =
        LLVMFunctionType(LLVMVoidTypeInContext(LLVMGetTypeContext(pointer)), &pointer, 1, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, text, sizeof text - 1, "r", 1, 1, 0, LLVMInlineAsmDialectATT, 0);

    LLVMPositionBuilderBefore(builder, before);
    ir_append(escapes, LLVMBuildCall2(builder, type, assembly, &object, 1, ""));
}

/* Returns whether the function calls something that returns twice. */
static bool prepare(LLVMBuilderRef builder, LLVMValueRef function, struct values *escapes)
{
    unsigned byval = ir_attribute_kind("byval");
    struct values all = ir_instructions_of(function);
    bool twice = false;

    for (size_t i = 0; i < all.count; i++)
        twice = twice || memsentry_returns_twice(all.at[i]);
    for (size_t i = 0; i < all.count; i++) {
        if (LLVMIsAAllocaInst(all.at[i]) && (twice || !memsentry_object_is_safe(all.at[i])))
            force_unsafe(builder, all.at[i], LLVMGetNextInstruction(all.at[i]), escapes);
    }
    for (unsigned i = 0; i < LLVMCountParams(function); i++) {
        LLVMValueRef argument = LLVMGetParam(function, i);
        if (LLVMGetEnumAttributeAtIndex(function, i + 1, byval) &&
            (twice || !memsentry_object_is_safe(argument)))
            force_unsafe(builder, argument, ir_first_insertion_point(function), escapes);
    }
    /*
     * Without lifetime markers no two objects share a slot: a use after the end of a scope
     * meets no other object of the safe stack, and type-based alias analysis, which still runs
     * after this, stays right on the unsafe stack.
     */
    for (size_t i = 0; i < all.count; i++) {
        if (ir_calls_intrinsic(all.at[i], "llvm.lifetime."))
            LLVMInstructionEraseFromParent(all.at[i]);
    }
    free(all.at);
    return twice;
}

static void replace_in(LLVMValueRef user, LLVMValueRef old, LLVMValueRef new)
{
    for (int i = 0; i < LLVMGetNumOperands(user); i++) {
        if (LLVMGetOperand(user, (unsigned)i) == old)
            LLVMSetOperand(user, (unsigned)i, new);
    }
}

static struct values users_of(LLVMValueRef value)
{
    struct values users = {0};

    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use))
        ir_append(&users, LLVMGetUser(use));
    return users;
}

/*
 * Confines `value` once, where it is made; in a function that is returned into twice also
 * before each use, because what a register held before setjmp may come back changed.
 */
static void confine_value(LLVMBuilderRef builder, LLVMValueRef value, bool twice)
{
    struct values users = users_of(value);

    LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(value));
    LLVMValueRef confined = memsentry_confine(builder, value);
    for (size_t i = 0; i < users.count; i++) {
        LLVMValueRef user = users.at[i];
        if (!twice) {
            replace_in(user, value, confined);
        } else if (!LLVMIsAPHINode(user)) {
            LLVMPositionBuilderBefore(builder, user);
            replace_in(user, value, memsentry_confine_here(builder, confined));
        } else {
            for (unsigned k = 0; k < LLVMCountIncoming(user); k++) {
                if (LLVMGetIncomingValue(user, k) != value)
                    continue;
                LLVMBasicBlockRef from = LLVMGetIncomingBlock(user, k);
                LLVMPositionBuilderBefore(builder, LLVMGetBasicBlockTerminator(from));
                LLVMSetOperand(user, k, memsentry_confine_here(builder, confined));
            }
        }
    }
    free(users.at);
}

static bool is_stack_pointer(LLVMValueRef address)
{
    size_t length;

    if (LLVMIsACallInst(address) && ir_calls_intrinsic(address, "llvm.threadlocal.address"))
        address = LLVMGetOperand(address, 0);
    return LLVMIsAGlobalVariable(address) &&
           !strcmp(LLVMGetValueName2(address, &length), MEMSENTRY_UNSAFE_STACK_SYMBOL);
}

/* The address of the unsafe stack pointer, behind fs, at the start of a function. */
static LLVMValueRef slot_behind_fs(LLVMBuilderRef builder, LLVMValueRef function)
{
    static const char code[] = MEMSENTRY_UNSAFE_STACK_OFFSET_CODE,
                      constraints[] = MEMSENTRY_UNSAFE_STACK_OFFSET_CONSTRAINTS;
    LLVMTypeRef pointer = LLVMPointerTypeInContext(
        LLVMGetModuleContext(LLVMGetGlobalParent(function)), MEMSENTRY_THREAD_ADDRESS_SPACE);
    LLVMTypeRef type = LLVMFunctionType(pointer, NULL, 0, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, code, sizeof code - 1, constraints, sizeof constraints - 1, 0, 0,
                         LLVMInlineAsmDialectATT, 0);

    LLVMPositionBuilderBefore(builder,
                              LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
    LLVMValueRef slot = LLVMBuildCall2(builder, type, assembly, NULL, 0, "unsafe_stack");
    ir_add_call_attribute(slot, "memory");
    ir_add_call_attribute(slot, "nounwind");
    ir_add_call_attribute(slot, "willreturn");
    return slot;
}

static void confine_stack_pointer(LLVMBuilderRef builder, LLVMValueRef function, bool twice)
{
    struct values all = ir_instructions_of(function);
    struct values accesses = {0};
    LLVMValueRef slot = NULL;

    for (size_t i = 0; i < all.count; i++) {
        bool load = LLVMIsALoadInst(all.at[i]);
        if ((load || LLVMIsAStoreInst(all.at[i])) &&
            is_stack_pointer(LLVMGetOperand(all.at[i], load ? 0 : 1)))
            ir_append(&accesses, all.at[i]);
    }
    free(all.at);
    /* What a register holds when setjmp returns again has to be masked: nothing is won. */
    if (accesses.count != 0 && !twice)
        slot = slot_behind_fs(builder, function);
    for (size_t i = 0; i < accesses.count; i++) {
        bool load = LLVMIsALoadInst(accesses.at[i]);
        /*
         * Callees use the variable behind LLVM's back, also those that it believes not to touch
         * memory: it must not drop the store before such a call.
         */
        LLVMSetVolatile(accesses.at[i], 1);
        if (slot)
            LLVMSetOperand(accesses.at[i], load ? 0 : 1, slot);
        if (load)
            confine_value(builder, accesses.at[i], twice);
    }
    /* The stack pointer below a variable-length object: any difference may have been taken. */
    for (size_t i = 0; i < accesses.count; i++) {
        LLVMValueRef value = LLVMGetOperand(accesses.at[i], 0);
        if (LLVMIsAStoreInst(accesses.at[i]) && LLVMIsAIntToPtrInst(value) &&
            !memsentry_is_confined(value))
            confine_value(builder, value, twice);
    }
    free(accesses.at);
}

static LLVMValueRef stack_pointer(LLVMModuleRef module)
{
    LLVMValueRef variable = LLVMGetNamedGlobal(module, MEMSENTRY_UNSAFE_STACK_SYMBOL);

    if (!variable) {
        LLVMTypeRef type = LLVMPointerTypeInContext(LLVMGetModuleContext(module), 0);
        variable = LLVMAddGlobal(module, type, MEMSENTRY_UNSAFE_STACK_SYMBOL);
        LLVMSetThreadLocalMode(variable, LLVMInitialExecTLSModel);
    }
    return variable;
}

/*
 * __builtin_frame_address(0) is compared with addresses of locals (PostgreSQL's check of the
 * stack depth), so it has to be on the stack where those are.
 */
static void lower_frame_address(LLVMBuilderRef builder, LLVMValueRef function)
{
    LLVMTypeRef type =
        LLVMPointerTypeInContext(LLVMGetModuleContext(LLVMGetGlobalParent(function)), 0);
    struct values all = ir_instructions_of(function);
    LLVMValueRef frame = NULL;

    for (size_t i = 0; i < all.count; i++) {
        if (!ir_calls_intrinsic(all.at[i], "llvm.frameaddress") ||
            LLVMTypeOf(all.at[i]) != type ||
            LLVMConstIntGetZExtValue(LLVMGetOperand(all.at[i], 0)) != 0)
            continue;
        if (!frame) {
            LLVMPositionBuilderBefore(builder, ir_first_insertion_point(function));
            frame = LLVMBuildLoad2(builder, type, stack_pointer(LLVMGetGlobalParent(function)),
                                   "frame");
        }
        LLVMReplaceAllUsesWith(all.at[i], frame);
        LLVMInstructionEraseFromParent(all.at[i]);
    }
    free(all.at);
}

/*
 * All objects of variable size are on the unsafe stack now, so what is left of these does
 * nothing for the native stack; but its operand might come from memory.
 */
static void drop_stack_restores(LLVMValueRef function)
{
    struct values all = ir_instructions_of(function);

    for (size_t i = 0; i < all.count; i++) {
        if (ir_calls_intrinsic(all.at[i], "llvm.stackrestore"))
            LLVMInstructionEraseFromParent(all.at[i]);
    }
    free(all.at);
}

static int lower(LLVMModuleRef module)
{
    const char *triple = LLVMGetTarget(module);
    LLVMTargetRef target;
    char *message = NULL;

    if (LLVMGetTargetFromTriple(triple, &target, &message)) {
        memsentry_error(module, message);
        LLVMDisposeMessage(message);
        return -ENOTSUP;
    }
    LLVMTargetMachineRef machine = LLVMCreateTargetMachine(
        target, triple, "", "", LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelDefault);
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(module, "function(safe-stack)", machine, options);
    LLVMDisposePassBuilderOptions(options);
    LLVMDisposeTargetMachine(machine);
    if (!error)
        return 0;
    message = LLVMGetErrorMessage(error);
    memsentry_error(module, message);
    LLVMDisposeErrorMessage(message);
    return -EINVAL;
}

/*
 * LLVM may leave a pass out (-opt-bisect-limit). An object that was to be moved and is still
 * where it was would be within reach of an overflow.
 */
static int check_moved(LLVMModuleRef module, const struct values *escapes)
{
    char message[256];
    size_t length;

    for (size_t i = 0; i < escapes->count; i++) {
        LLVMValueRef object = LLVMGetOperand(escapes->at[i], 0);
        if (!LLVMIsAAllocaInst(object) && !LLVMIsAArgument(object))
            continue;
        LLVMBasicBlockRef block = LLVMGetInstructionParent(escapes->at[i]);
        snprintf(message, sizeof message,
                 "safe-stack was not applied to '%s': LLVM left its pass out",
                 LLVMGetValueName2(LLVMGetBasicBlockParent(block), &length));
        memsentry_error(module, message);
        return -ECANCELED;
    }
    return 0;
}

/* IFUNC resolvers run while the program is relocated, before there is an unsafe stack. */
static void release_resolvers(LLVMModuleRef module)
{
    for (LLVMValueRef i = LLVMGetFirstGlobalIFunc(module); i; i = LLVMGetNextGlobalIFunc(i)) {
        LLVMValueRef resolver = LLVMGetGlobalIFuncResolver(i);
        if (LLVMIsAFunction(resolver))
            LLVMRemoveEnumAttributeAtIndex(resolver, FUNCTION_INDEX,
                                           ir_attribute_kind("safestack"));
    }
}

struct candidate {
    LLVMValueRef function;
    bool twice, optnone;
};

static void finish(LLVMBuilderRef builder, const struct candidate *candidate)
{
    LLVMValueRef function = candidate->function;

    /* The code generator must not do it again. */
    LLVMRemoveEnumAttributeAtIndex(function, FUNCTION_INDEX, ir_attribute_kind("safestack"));
    if (candidate->optnone)
        ir_add_attribute(function, "optnone");
    lower_frame_address(builder, function);
    confine_stack_pointer(builder, function, candidate->twice);
    drop_stack_restores(function);
    memsentry_set_stack(function, MEMSENTRY_STACK_SAFE);
}

/* The functions of the module that have a body and were not transformed before. */
static struct values functions_of(LLVMModuleRef module)
{
    struct values functions = {0};

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f) && memsentry_get_stack(f) == MEMSENTRY_STACK_NORMAL)
            ir_append(&functions, f);
    }
    return functions;
}

/* What instrumented code is to read must lie in ordinary memory. Replaces functions. */
static int keep_readable(LLVMBuilderRef builder, LLVMModuleRef module, struct values *functions)
{
    bool reads = false;
    int result = 0;

    for (size_t i = 0; i < functions->count; i++) {
        if (!memsentry_confines_reads(functions->at[i]))
            continue;
        reads = true;
        varargs_announce(builder, functions->at[i]);
    }
    for (size_t i = 0; i < functions->count; i++) {
        if (!memsentry_confines_reads(functions->at[i]))
            continue;
        LLVMValueRef replaced = varargs_receive(builder, functions->at[i]);
        if (!replaced)
            result = -ENOTSUP;
        else
            functions->at[i] = replaced;
    }
    if (functions->count)
        callbacks_redirect(module, reads);
    return result;
}

/* Decides what moves to the unsafe stack. */
static void prepare_all(LLVMBuilderRef builder, const struct values *functions,
                        struct candidate *candidates, size_t *count, struct values *escapes)
{
    for (size_t i = 0; i < functions->count; i++) {
        LLVMValueRef f = functions->at[i];
        if (!ir_has_attribute(f, "safestack")) {
            /* no_sanitize("safe-stack"): it runs on the safe stack all the same. */
            memsentry_set_stack(f, MEMSENTRY_STACK_EXEMPT);
            continue;
        }
        candidates[(*count)++] =
            (struct candidate){f, prepare(builder, f, escapes), ir_has_attribute(f, "optnone")};
        /* The pass manager skips functions that are not to be optimised. */
        LLVMRemoveEnumAttributeAtIndex(f, FUNCTION_INDEX, ir_attribute_kind("optnone"));
    }
}

static int run(LLVMModuleRef module)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module));
    struct values functions, escapes = {0};
    size_t count = 0;

    release_resolvers(module);
    functions = functions_of(module);
    struct candidate *candidates = calloc(functions.count + 1, sizeof *candidates);
    if (!candidates)
        abort();
    if (functions.count)
        jumps_redirect(builder, module);
    int result = keep_readable(builder, module, &functions);
    if (!result)
        prepare_all(builder, &functions, candidates, &count, &escapes);
    if (count && !result)
        result = lower(module);
    if (!result)
        result = check_moved(module, &escapes);
    for (size_t i = 0; i < escapes.count; i++)
        LLVMInstructionEraseFromParent(escapes.at[i]);
    for (size_t i = 0; i < count && !result; i++)
        finish(builder, &candidates[i]);
    free(candidates);
    free(escapes.at);
    free(functions.at);
    LLVMDisposeBuilder(builder);
    return result;
}

extern const struct memsentry_defense memsentry_defense_safestack;
const struct memsentry_defense memsentry_defense_safestack = {
    .version = MEMSENTRY_PASS_VERSION,
    .name = "safe-stack",
    .run = run,
};
