/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Instruments one function. */
#include "mediate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "../bridge/bridge.h"
#include "../config.h"
#include "access.h"
#include "assembly.h"
#include "intrinsics.h"

LLVMValueRef mediate_runtime_function(const struct mediation *m, const char *name,
                                      LLVMTypeRef type, bool no_return)
{
    static const char *const attributes[] = {"cold", "nounwind", "noreturn"};
    LLVMValueRef function = LLVMGetNamedFunction(m->module, name);

    if (function)
        return function;
    function = LLVMAddFunction(m->module, name, type);
    for (size_t i = 0; i < (no_return ? 3 : 2); i++)
        function_add_llvm_attribute(function, attributes[i]);
    return function;
}

LLVMValueRef mediate_word(const struct mediation *m, LLVMValueRef length)
{
    LLVMTypeRef word = LLVMInt64TypeInContext(LLVMGetModuleContext(m->module));

    return LLVMBuildIntCast2(m->builder, length, word, 0, "");
}

/* The same value, of which LLVM knows nothing. */
static LLVMValueRef opaque(const struct mediation *m, LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);
    LLVMTypeRef signature = LLVMFunctionType(type, &type, 1, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(signature, "", 0, "=r,0", 4, 1, 0, LLVMInlineAsmDialectATT, 0);

    return LLVMBuildCall2(m->builder, signature, assembly, &value, 1, "");
}

void mediate_settle(const struct mediation *m, LLVMValueRef instruction, unsigned index)
{
    LLVMValueRef value = LLVMGetOperand(instruction, index);

    if (LLVMIsAConstantInt(value) || LLVMIsNull(value))
        return;
    /* To freeze it would not do: the code generator has another content for every use. */
    if (LLVMIsUndef(value) || LLVMIsPoison(value)) {
        LLVMSetOperand(instruction, index, LLVMConstNull(LLVMTypeOf(value)));
        return;
    }
    /* The address of a global is a constant too, but may be kept in a register. */
    if (!m->barrier && LLVMIsAConstant(value))
        return;
    value = m->barrier ? opaque(m, value) : LLVMBuildFreeze(m->builder, value, "");
    LLVMSetOperand(instruction, index, value);
}

void mediate_trap(const struct mediation *m, LLVMValueRef instruction, LLVMValueRef excess,
                  LLVMValueRef pointer, LLVMValueRef length)
{
    LLVMContextRef context = LLVMGetModuleContext(m->module);
    LLVMTypeRef word = LLVMInt64TypeInContext(context);
    LLVMTypeRef types[] = {LLVMPointerTypeInContext(context, 0), word};
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), types, 2, 0);
    LLVMValueRef arguments[] = {pointer, length};

    LLVMPositionBuilderBefore(m->builder, bridge_split_unlikely(excess, instruction, true));
    LLVMBuildCall2(m->builder, type,
                   mediate_runtime_function(m, MEMSENTRY_LENGTH_TRAP_SYMBOL, type, true),
                   arguments, 2, "");
}

void mediate_length(const struct mediation *m, LLVMValueRef instruction, LLVMValueRef pointer)
{
    LLVMTypeRef word = LLVMInt64TypeInContext(LLVMGetModuleContext(m->module));
    uint64_t unit;

    LLVMPositionBuilderBefore(m->builder, instruction);
    mediate_settle(m, instruction, ACCESS_LENGTH_OPERAND);
    LLVMValueRef length = intrinsic_length(m->layout, instruction, &unit);
    uint64_t longest = unit ? MEMSENTRY_GUARD_REACH / unit : 0;
    if (interval_of_value(length, false).hi <= (wide)longest)
        return;
    length = mediate_word(m, length);
    LLVMValueRef excess =
        LLVMBuildICmp(m->builder, LLVMIntUGT, length, LLVMConstInt(word, longest, 0), "excess");
    mediate_trap(m, instruction, excess, pointer, length);
}

static void remark(LLVMValueRef at, bool missed, const char *what, const char *why)
{
    char message[128];

    snprintf(message, sizeof message, "%s: %s", what, why);
    bridge_remark(at, missed, missed ? "Exempt" : "Masked", message);
}

static void refuse(const struct mediation *m, LLVMValueRef instruction, const char *what)
{
    char message[256];

    if (!((m->mode & ACCESS_READ) && bridge_may_read(instruction)) &&
        !((m->mode & ACCESS_WRITE) && bridge_may_write(instruction)))
        return;
    snprintf(message, sizeof message,
             "MemSentry cannot confine '%s', which may reach any address; a function that has "
             "been reviewed can be marked MEMSENTRY_NO_SANITIZE",
             what);
    bridge_error(m->module, instruction, message);
}

/* Returns whether the operand is an address to speak of. */
static bool mediate_operand(struct mediation *m, LLVMValueRef instruction, unsigned index,
                            struct access *access)
{
    const char *reason;

    if (!access_of_operand(m->layout, instruction, index, access) || !(access->mode & m->mode))
        return false;
    if (access->unbounded) {
        bridge_error(m->module, instruction,
                     "access that MemSentry cannot confine: it may reach beyond the guard");
        return false;
    }
    LLVMValueRef confined = access->pointer;
    if (access->is_region)
        reason = "pointer into a safe region by its type";
    else if (access->is_stack && m->stack != MEMSENTRY_STACK_NORMAL)
        reason = "stack pointer of the safe stack";
    else
        confined = mediate_confine(m, access, &reason);
    bool exempt = confined == access->pointer;
    if (!exempt)
        LLVMSetOperand(instruction, index, confined);
    *(exempt ? &m->exempt : &m->masked) += 1;
    if (m->remarks)
        remark(instruction, exempt, exempt ? "exempt" : "masked", reason);
    return true;
}

static void mediate_instruction(struct mediation *m, LLVMValueRef instruction)
{
    unsigned count = (unsigned)LLVMGetNumOperands(instruction);
    const char *unknown = access_unknown(instruction);
    LLVMValueRef reported = NULL;
    struct access access;
    uint64_t unit;

    if (memsentry_is_saferegion_access(instruction)) {
        if (m->remarks)
            remark(instruction, true, "exempt", "marked as an access to a safe region");
        return;
    }
    if (m->remarks && is_call(instruction) && assembly_is_reviewed(instruction))
        remark(instruction, true, "exempt", "assembly marked as reviewed");
    if (unknown) {
        refuse(m, instruction, unknown);
        return;
    }
    if (m->backend->check && intrinsic_restores(instruction)) {
        bridge_error(m->module, instruction,
                     "MemSentry cannot keep checks of addresses: this restores the bound "
                     "registers from memory; a function that has been reviewed can be marked "
                     "MEMSENTRY_NO_SANITIZE");
        return;
    }
    if (mediate_indexed(m, instruction)) {
        m->masked++;
        if (m->remarks)
            remark(instruction, false, "masked", "each of its lanes may lie anywhere");
        return;
    }
    LLVMPositionBuilderBefore(m->builder, instruction);
    for (unsigned i = 0; i < count; i++) {
        if (mediate_operand(m, instruction, i, &access) && !reported)
            reported = access.pointer;
    }
    if (reported && intrinsic_length(m->layout, instruction, &unit))
        mediate_length(m, instruction, reported);
    if (reported && intrinsic_stride(instruction))
        mediate_stride(m, instruction, reported);
}

/*
 * longjmp restores the callee-saved registers from the jmp_buf, which is ordinary memory. A
 * function that clobbers them saves them in its prologue and restores them from its own frame,
 * so that its callers get their own values back.
 */
static void save_callers_registers(const struct mediation *m, LLVMValueRef call)
{
    static const char constraints[] = "~{rbx},~{r12},~{r13},~{r14},~{r15}";
    LLVMTypeRef type =
        LLVMFunctionType(LLVMVoidTypeInContext(LLVMGetModuleContext(m->module)), NULL, 0, 0);
    LLVMValueRef assembly = LLVMGetInlineAsm(type, "", 0, constraints, sizeof constraints - 1,
                                             1, 0, LLVMInlineAsmDialectATT, 0);

    /* Where it stands does not matter; an invoke has nothing after it. */
    LLVMPositionBuilderBefore(m->builder, call);
    LLVMBuildCall2(m->builder, type, assembly, NULL, 0, "");
}

/* Blocks are split while instructions are instrumented, so these are collected first. */
static LLVMValueRef *collect(LLVMValueRef function, size_t *count)
{
    size_t capacity = 0;
    LLVMValueRef *all = NULL;

    *count = 0;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (*count == capacity) {
                capacity = capacity ? 2 * capacity : 256;
                LLVMValueRef *grown = realloc(all, capacity * sizeof *grown);
                if (!grown)
                    abort(); /* as LLVM does */
                all = grown;
            }
            all[(*count)++] = i;
        }
    }
    return all;
}

/* Why a function that has a configuration stays as it is; NULL when it is instrumented. */
static const char *exemption(LLVMValueRef function)
{
    const char *why = function_attribute(function, TRUSTED_ATTRIBUTE);

    if (why)
        return why;
    return function_is_naked(function) ? "naked function" : NULL;
}

static void summarize(const struct mediation *m, LLVMValueRef function)
{
    char message[96];

    snprintf(message, sizeof message, "%u accesses masked, %u exempt", m->masked, m->exempt);
    bridge_remark(function, false, "Function", message);
}

static bool returns_twice_into(LLVMValueRef function)
{
    return function_has_instruction(function, memsentry_returns_twice);
}

void mediate_again(LLVMValueRef instruction, LLVMValueRef address)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    LLVMModuleRef module = LLVMGetGlobalParent(function);
    struct mediation m = {.module = module, .layout = LLVMGetModuleDataLayout(module)};
    struct access access;

    if (!config_of_function(function, &m.backend, &m.mode))
        return;
    m.builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module));
    LLVMPositionBuilderBefore(m.builder, instruction);
    LLVMValueRef masked = returns_twice_into(function)
                              ? m.backend->mask_here(m.builder, address)
                              : m.backend->mask(m.builder, address);
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(instruction); i++) {
        if (LLVMGetOperand(instruction, i) == address &&
            access_of_operand(m.layout, instruction, i, &access))
            LLVMSetOperand(instruction, i, masked);
    }
    LLVMDisposeBuilder(m.builder);
    if (bridge_remarks_enabled(function))
        remark(instruction, false, "masked", "its bound was lost to optimization");
}

void mediate_ordinary_side(LLVMValueRef instruction)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    LLVMModuleRef module = LLVMGetGlobalParent(function);
    struct mediation m = {
        .module = module,
        .layout = LLVMGetModuleDataLayout(module),
        .builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module)),
        .backend = backend_for_masks(),
        .mode = ACCESS_READ | ACCESS_WRITE,
        .barrier = returns_twice_into(function),
    };

    mediate_instruction(&m, instruction);
    LLVMDisposeBuilder(m.builder);
}

/*
 * Metadata is lost when instructions are merged or moved: for what is optimized again, the type
 * of the pointer says as well that an access is to a safe region.
 */
static void keep_mark(const struct mediation *m, LLVMValueRef instruction)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
    unsigned at = opcode == LLVMStore ? 1 : 0;
    LLVMTypeRef region = LLVMPointerTypeInContext(LLVMGetModuleContext(m->module),
                                                  MEMSENTRY_REGION_ADDRESS_SPACE);

    if (!memsentry_is_saferegion_access(instruction) ||
        (opcode != LLVMLoad && opcode != LLVMStore && opcode != LLVMAtomicRMW &&
         opcode != LLVMAtomicCmpXchg))
        return;
    LLVMValueRef pointer = LLVMGetOperand(instruction, at);
    if (LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) != 0)
        return;
    LLVMPositionBuilderBefore(m->builder, instruction);
    LLVMSetOperand(instruction, at, LLVMBuildAddrSpaceCast(m->builder, pointer, region, ""));
}

bool mediate_function(LLVMValueRef function, bool optimize)
{
    struct mediation m = {
        .module = LLVMGetGlobalParent(function),
        .layout = LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)),
        .stack = memsentry_get_stack(function),
    };
    size_t count;

    if (LLVMIsDeclaration(function) ||
        function_has_attribute(function, MEMSENTRY_DONE_ATTRIBUTE) ||
        !config_of_function(function, &m.backend, &m.mode))
        return false;
    m.remarks = bridge_remarks_enabled(function);
    const char *why = exemption(function);
    if (why) {
        if (m.remarks)
            remark(function, true, "exempt", why);
        return false;
    }

    mediate_drop_facts(function);
    LLVMValueRef *instructions = collect(function, &count);
    m.barrier = returns_twice_into(function);
    bool check = !function_has_attribute(function, UNCHECKED_ARGUMENTS_ATTRIBUTE);
    m.builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(m.module));
    if (optimize) {
        for (size_t i = 0; i < count; i++)
            keep_mark(&m, instructions[i]);
        mediate_share(&m, instructions, count);
    }
    for (size_t i = 0; i < count; i++) {
        instructions[i] = mediate_relative(&m, instructions[i]);
        mediate_instruction(&m, instructions[i]);
        if (check && is_call(instructions[i]))
            instructions[i] = mediate_arguments(&m, instructions[i]);
        if (memsentry_returns_twice(instructions[i]))
            save_callers_registers(&m, instructions[i]);
    }
    LLVMDisposeBuilder(m.builder);
    free(instructions);
    if (m.remarks)
        summarize(&m, function);
    function_add_attribute(function, MEMSENTRY_DONE_ATTRIBUTE, "");
    return true;
}
