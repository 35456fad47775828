/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Memory protection keys: gates write PKRU. The way they are made and checked is that of ERIM
 * (Vahldiek-Oberwagner et al., USENIX Security 2019): constants only, and whoever jumps at the
 * WRPKRU of a closing gate with a value of his own is found out right behind it.
 */
#include "backend.h"

#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/gates.h>

#include "../config.h"
#include "../function.h"

#define STUB_SYMBOL MEMSENTRY_GATE_TRAP_SYMBOL "_stub"
#define STUB_CODE "jmpq *${0:c}@GOTPCREL(%rip)"
#define CODE_MAX 192

static const char constraints[] =
    "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}";

static uint32_t closed_value(unsigned mode)
{
    return mode == ACCESS_WRITE ? MEMSENTRY_PKRU_CLOSED_WRITES : MEMSENTRY_PKRU_CLOSED;
}

/* Every other key has the rights that it has in a new process. */
static void write_fixed(char code[CODE_MAX], enum gate gate, unsigned mode)
{
    if (gate == GATE_OPENS)
        snprintf(code, CODE_MAX,
                 "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $$%#x, %%eax; wrpkru",
                 MEMSENTRY_PKRU_OPEN);
    else
        snprintf(code, CODE_MAX,
                 "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $$%#x, %%eax; wrpkru; "
                 "cmpl $$%#x, %%eax; jne ${0:c}",
                 closed_value(mode), closed_value(mode));
}

/* Every other key keeps its rights. RDPKRU clears edx. */
static void write_preserving(char code[CODE_MAX], enum gate gate, unsigned mode)
{
    const uint32_t ours = MEMSENTRY_PKRU_NO_ACCESS | MEMSENTRY_PKRU_NO_WRITE;
    const uint32_t denied = closed_value(mode) & ours;

    if (gate == GATE_OPENS)
        snprintf(code, CODE_MAX, "xorl %%ecx, %%ecx; rdpkru; andl $$%#x, %%eax; wrpkru", ~ours);
    else
        snprintf(code, CODE_MAX,
                 "xorl %%ecx, %%ecx; rdpkru; andl $$%#x, %%eax; orl $$%#x, %%eax; wrpkru; "
                 "testb $$%#x, %%al; je ${0:c}",
                 ~ours, denied, denied);
}

static void write_gate(char code[CODE_MAX], LLVMValueRef function, enum gate gate,
                       unsigned mode)
{
    (function_has_attribute(function, PRESERVE_ATTRIBUTE) ? write_preserving
                                                          : write_fixed)(code, gate, mode);
}

/* A gate is too small to call another library by itself. */
static LLVMValueRef trap_stub(LLVMModuleRef module)
{
    LLVMTypeRef type =
        LLVMFunctionType(LLVMVoidTypeInContext(LLVMGetModuleContext(module)), NULL, 0, 0);
    LLVMValueRef trap = function_declare(module, MEMSENTRY_GATE_TRAP_SYMBOL, type);
    LLVMValueRef stub = LLVMGetNamedFunction(module, STUB_SYMBOL);

    return stub ? stub : function_add_stub(module, STUB_SYMBOL, type, STUB_CODE, "s", &trap, 1);
}

static void emit_gate(LLVMBuilderRef builder, enum gate gate, unsigned mode)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInsertBlock(builder));
    LLVMModuleRef module = LLVMGetGlobalParent(function);
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), &pointer, 1, 0);
    LLVMValueRef stub = trap_stub(module);
    char code[CODE_MAX];

    write_gate(code, function, gate, mode);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, code, strlen(code), constraints, sizeof constraints - 1, 1, 0,
                         LLVMInlineAsmDialectATT, 0);
    LLVMBuildCall2(builder, type, assembly, &stub, 1, "");
}

static bool is_assembly(LLVMValueRef assembly, const char *code, const char *wanted)
{
    size_t length;
    const char *text = LLVMGetInlineAsmAsmString(assembly, &length);

    if (length != strlen(code) || memcmp(text, code, length))
        return false;
    text = LLVMGetInlineAsmConstraintString(assembly, &length);
    return length == strlen(wanted) && !memcmp(text, wanted, length);
}

static bool is_trap_stub(LLVMValueRef stub)
{
    if (!LLVMIsAFunction(stub) || LLVMIsDeclaration(stub) || !function_is_naked(stub))
        return false;
    LLVMValueRef call = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(stub));
    size_t length;
    return LLVMIsACallInst(call) && LLVMIsAInlineAsm(LLVMGetCalledValue(call)) &&
           is_assembly(LLVMGetCalledValue(call), STUB_CODE, "s") &&
           !strcmp(LLVMGetValueName2(LLVMGetOperand(call, 0), &length),
                   MEMSENTRY_GATE_TRAP_SYMBOL);
}

static enum gate gate_of(LLVMValueRef instruction, unsigned mode)
{
    if (!LLVMIsACallInst(instruction) || !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)) ||
        LLVMGetNumArgOperands(instruction) != 1 ||
        !is_trap_stub(LLVMGetOperand(instruction, 0)))
        return GATE_NONE;
    LLVMValueRef assembly = LLVMGetCalledValue(instruction);
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    for (enum gate gate = GATE_OPENS; gate <= GATE_CLOSES; gate++) {
        char code[CODE_MAX];
        write_gate(code, function, gate, mode);
        if (is_assembly(assembly, code, constraints) &&
            LLVMGetInlineAsmHasSideEffects(assembly))
            return gate;
    }
    return GATE_NONE;
}

static bool writes_keys(LLVMValueRef instruction)
{
    static const char *const names[] = {"llvm.x86.wrpkru", "llvm.x86.xrstor"};
    size_t length;

    if (!LLVMIsACallInst(instruction) || !LLVMIsAFunction(LLVMGetCalledValue(instruction)))
        return false;
    const char *name = LLVMGetValueName2(LLVMGetCalledValue(instruction), &length);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strncmp(name, names[i], strlen(names[i])))
            return true;
    }
    return false;
}

/* With a value from memory it would be an attacker's gate. */
static const char *refuse(LLVMValueRef function)
{
    return function_has_instruction(function, writes_keys)
               ? "a function that writes the rights of all protection keys could open the "
                 "domain; use pkey_set, with '-fmemsentry-mpk-preserve'"
               : NULL;
}

extern const struct backend backend_mpk;
const struct backend backend_mpk = {
    .name = "mpk",
    .emit_gate = emit_gate,
    .gate_of = gate_of,
    .refuse = refuse,
};
