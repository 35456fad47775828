/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Assembly is not instrumented, but for its memory operands. What is diagnosed here is text
 * that reaches memory in another way: through registers as addresses, by instructions with
 * addresses of their own, by the stack, the kernel or other code. Everything else is quiet.
 */
#include "assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "../bridge/bridge.h"
#include "../config.h"
#include "access.h"

#define SECTIONS_MAX 8

struct scan {
    LLVMValueRef call; /* NULL at the level of the module */
    bool intel;
    /* Whether what follows is executed; those that .popsection returns to. */
    bool code[SECTIONS_MAX];
    unsigned depth;
    bool previous;
};

struct rule {
    const char *names; /* each between blanks; one that ends in '*' begins so */
    const char *concern;
};

/* Found by the mnemonic alone; the first that fits holds. */
static const struct rule rules[] = {
    {" popcnt* ", NULL},
    {" movsb movsw movsl movsq stosb stosw stosl stosd stosq lodsb lodsw lodsl lodsd lodsq "
     "scasb scasw scasl scasd scasq cmpsb cmpsw cmpsl cmpsq insb insw insl insd outsb outsw "
     "outsl outsd movs stos lods scas cmps xlat xlatb ",
     "goes where its registers point"},
    {" maskmov* vmaskmovdqu clzero llwpcb lwpins* enqcmd* movdir64b ",
     "accesses memory that no operand names"},
    {" syscall sysenter int ", "hands registers to the kernel"},
    {" push* pop* enter leave* ", "uses the stack"},
    {" call* lcall* ret* lret* iret* ", "leaves for code that nobody checks"},
    {" wrfsbase* wrgsbase* swapgs lfs* lgs* lss* ", "changes a segment's base"},
    {" wrss* wruss* rstorssp setssbsy ", "changes the shadow stack"},
    {" wrpkru xrstor* bndmk bndmov bndldx ", "changes registers that confinement may rest on"},
};

static const char hints[] = " lea* nop* prefetch* clflush* clwb cldemote endbr* ";

static bool names(const char *list, const char *word)
{
    while (*list == ' ' && list[1]) {
        const char *name = list + 1;
        size_t length = strcspn(name, " ");
        bool begins = name[length - 1] == '*';
        if (begins ? !strncmp(word, name, length - 1)
                   : strlen(word) == length && !memcmp(word, name, length))
            return true;
        list = name + length;
    }
    return false;
}

/* Whether the operand before `at` ends in a register stack's name: %st(1). */
static bool is_x87(const char *operands, const char *at)
{
    return at - operands >= 2 && at[-1] == 't' && at[-2] == 's';
}

/* The constraint of operand `number`, and the argument of the call that it is (-1: a result).
 */
static const char *constraint_of(LLVMValueRef call, unsigned number, int *argument)
{
    size_t length;
    const char *at = LLVMGetInlineAsmConstraintString(LLVMGetCalledValue(call), &length);
    int next = 0;

    for (unsigned i = 0; *at; i++) {
        bool result = *at == '=' && !memchr(at, '*', strcspn(at, ","));
        *argument = result ? -1 : next++;
        if (i == number)
            return at;
        at += strcspn(at, ",");
        at += *at == ',';
    }
    *argument = -1;
    return NULL;
}

/* A "p" operand is a register that is printed as an address. */
static bool is_address_operand(const struct scan *scan, const char *reference)
{
    int argument;
    const char *constraint =
        constraint_of(scan->call, (unsigned)strtoul(reference + 1, NULL, 10), &argument);

    return constraint && *constraint == 'p';
}

/* Whether an operand is an address made of registers, or relative to a segment by one. */
static bool has_address(const struct scan *scan, const char *operands)
{
    char open = scan->intel ? '[' : '(', close = scan->intel ? ']' : ')';

    for (const char *at = operands; *at; at++) {
        if (!strncmp(at, "fs:\1", 4) || !strncmp(at, "gs:\1", 4) || !strncmp(at, "fs:[\1", 5) ||
            !strncmp(at, "gs:[\1", 5))
            return true;
        if (*at == TEMPLATE_OPERAND && is_address_operand(scan, at))
            return true;
        if (*at != open || is_x87(operands, at))
            continue;
        const char *end = strchr(at, close);
        size_t length = end ? (size_t)(end - at) : strlen(at);
        if (memchr(at, TEMPLATE_OPERAND, length))
            return true;
        /* A register; but not the address of the next instruction. */
        const char *mark = scan->intel ? at + 1 : memchr(at, '%', length);
        if (mark && strncmp(mark + (*mark == '%'), "rip", 3) != 0)
            return true;
    }
    return false;
}

/* Whether the stack pointer, or a segment register, is more than the source of a move. */
static bool writes_special(const struct scan *scan, const char *mnemonic, const char *operands)
{
    static const char *const special[] = {"rsp", "esp", "%fs", "%gs"};
    const char *comma = strrchr(operands, ',');

    if (names(" cmp* test* ", mnemonic))
        return false;
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        const char *found = strstr(operands, special[i]);
        if (!found || found[strlen(special[i])] == ':')
            continue;
        bool first = !comma || found < comma;
        bool source = scan->intel ? !first : first && comma;
        if (!source || strncmp(mnemonic, "mov", 3) != 0)
            return true;
    }
    return false;
}

/* bts and its like take a register for the number of a bit, however far away it is. */
static bool reaches_by_bit(const struct scan *scan, const char *mnemonic, const char *operands)
{
    bool memory = false, variable = strchr(operands, '%') != NULL;
    int argument;

    if (!scan->call || !names(" bt btw btl btq bts btsw btsl btsq btr btrw btrl btrq btc btcw "
                              "btcl btcq ",
                              mnemonic))
        return false;
    for (const char *at = strchr(operands, TEMPLATE_OPERAND); at;
         at = strchr(at + 1, TEMPLATE_OPERAND)) {
        const char *constraint =
            constraint_of(scan->call, (unsigned)strtoul(at + 1, NULL, 10), &argument);
        if (constraint && memchr(constraint, '*', strcspn(constraint, ",")))
            memory = true;
        else if (argument < 0 ||
                 !LLVMIsAConstantInt(LLVMGetOperand(scan->call, (unsigned)argument)))
            variable = true;
    }
    return memory && variable;
}

static const char *concern_of_instruction(const struct scan *scan, const char *mnemonic,
                                          const char *operands)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (names(rules[i].names, mnemonic))
            return rules[i].concern;
    }
    /* Without operands these are string instructions; with them, of SSE. */
    if (names(" movsd cmpsd ", mnemonic) && !operands[strspn(operands, " \t")])
        return "goes where its registers point";
    if (names(" jmp* ", mnemonic) && (strchr(operands, '*') || strchr(operands, '\1')))
        return "leaves for code that nobody checks";
    if (names(hints, mnemonic))
        return NULL;
    if (has_address(scan, operands))
        return "uses registers as an address";
    if (reaches_by_bit(scan, mnemonic, operands))
        return "goes as far from its memory operand as its other operand says";
    if (writes_special(scan, mnemonic, operands))
        return "changes the stack pointer or a segment";
    return NULL;
}

static bool is_code_section(const char *operands)
{
    const char *flags = strchr(operands, ',');

    operands += strspn(operands, " \t\"");
    if (!strncmp(operands, ".text", 5) || !strncmp(operands, ".init,", 6) ||
        !strncmp(operands, ".fini,", 6))
        return true;
    flags = flags ? strchr(flags, '"') : NULL;
    return flags && memchr(flags + 1, 'x', strcspn(flags + 1, "\""));
}

static void enter_section(struct scan *scan, bool code)
{
    scan->previous = scan->code[scan->depth];
    scan->code[scan->depth] = code;
}

static const char *concern_of_directive(struct scan *scan, const char *name,
                                        const char *operands)
{
    bool *code = &scan->code[scan->depth];

    if (names(" .section ", name)) {
        enter_section(scan, is_code_section(operands));
    } else if (names(" .text .data .bss .rodata ", name)) {
        enter_section(scan, !strcmp(name, ".text"));
    } else if (names(" .previous ", name)) {
        enter_section(scan, scan->previous);
    } else if (names(" .pushsection ", name) && scan->depth + 1 < SECTIONS_MAX) {
        scan->previous = *code;
        scan->code[++scan->depth] = is_code_section(operands);
    } else if (names(" .popsection ", name) && scan->depth > 0) {
        scan->previous = *code;
        scan->depth--;
    } else if (names(" .intel_syntax .att_syntax ", name)) {
        scan->intel = name[1] == 'i';
    } else if (*code && names(" .byte .2byte .4byte .8byte .short .hword .value .word .long "
                              ".int .quad .octa .ascii .asciz .string .incbin .include .insn "
                              ".fill .space .skip .zero ",
                              name)) {
        return "may stand for any instruction";
    }
    return NULL;
}

/* The first thing to worry about; *what is the statement's name. */
static const char *concern(struct scan *scan, char *text, char **what)
{
    char *operands;

    while (template_statement(&text, what, &operands)) {
        const char *found = **what == '.' ? concern_of_directive(scan, *what, operands)
                            : scan->call  ? concern_of_instruction(scan, *what, operands)
                            : scan->code[scan->depth] ? "is code"
                                                      : NULL;
        if (found)
            return found;
    }
    return NULL;
}

/* A value that the program puts into the stack pointer by a register variable. */
static bool sets_stack_pointer(LLVMValueRef call)
{
    const char *constraint, *tied;
    int argument, unused;

    for (unsigned i = 0; (constraint = constraint_of(call, i, &argument)); i++) {
        if (argument < 0 || *constraint == '~')
            continue;
        tied = *constraint >= '0' && *constraint <= '9'
                   ? constraint_of(call, (unsigned)strtoul(constraint, NULL, 10), &unused)
                   : constraint;
        size_t start = tied ? strcspn(tied, "{,") : 0;
        if (tied && tied[start] == '{' &&
            (!strncmp(tied + start, "{rsp}", 5) || !strncmp(tied + start, "{esp}", 5)) &&
            !LLVMIsUndef(LLVMGetOperand(call, (unsigned)argument)))
            return true;
    }
    return false;
}

bool assembly_is_reviewed(LLVMValueRef call)
{
    LLVMValueRef assembly = LLVMGetCalledValue(call);
    size_t length;

    if (!LLVMIsAInlineAsm(assembly))
        return false;
    const char *text = LLVMGetInlineAsmAsmString(assembly, &length);
    return memmem(text, length, REVIEWED_ASSEMBLY, sizeof REVIEWED_ASSEMBLY - 1) != NULL;
}

static void diagnose_call(LLVMModuleRef module, LLVMValueRef call)
{
    LLVMValueRef assembly = LLVMGetCalledValue(call);
    bool intel = LLVMGetInlineAsmDialect(assembly) == LLVMInlineAsmDialectIntel;
    struct scan scan = {.call = call, .intel = intel, .code = {true}};
    char message[256], *what;
    size_t length;

    const char *string = LLVMGetInlineAsmAsmString(assembly, &length);
    char *text = template_expand(string, length, false, intel);
    const char *found = concern(&scan, text, &what);
    if (!found && sets_stack_pointer(call)) {
        found = "changes the stack pointer or a segment";
        what = "register variable";
    }
    if (found) {
        snprintf(message, sizeof message,
                 "inline assembly is not confined: '%.40s' %s; use memory operands, or begin "
                 "reviewed assembly with MEMSENTRY_REVIEWED_ASM [-Wmemsentry-asm]",
                 what, found);
        bridge_warn_assembly(module, call, message);
    }
    free(text);
}

static void diagnose_module(LLVMModuleRef module)
{
    struct scan scan = {.code = {true}};
    char message[256], *what;
    size_t length;

    const char *string = LLVMGetModuleInlineAsm(module, &length);
    if (!length || memmem(string, length, REVIEWED_ASSEMBLY, sizeof REVIEWED_ASSEMBLY - 1))
        return;
    char *text = template_expand(string, length, true, false);
    const char *found = concern(&scan, text, &what);
    if (found) {
        snprintf(message, sizeof message,
                 "assembly outside of functions is not confined: '%.40s' %s; begin reviewed "
                 "assembly with MEMSENTRY_REVIEWED_ASM [-Wmemsentry-asm]",
                 what, found);
        bridge_warn_assembly(module, NULL, message);
    }
    free(text);
}

void assembly_diagnose(LLVMModuleRef module)
{
    diagnose_module(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        /* What is instrumented already has been seen, and has checks in it by now. */
        if (function_has_attribute(f, TRUSTED_ATTRIBUTE) ||
            function_has_attribute(f, MEMSENTRY_DONE_ATTRIBUTE))
            continue;
        for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block;
             block = LLVMGetNextBasicBlock(block)) {
            for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
                 i = LLVMGetNextInstruction(i)) {
                if (is_call(i) && LLVMIsAInlineAsm(LLVMGetCalledValue(i)) &&
                    !assembly_is_reviewed(i))
                    diagnose_call(module, i);
            }
        }
    }
}
