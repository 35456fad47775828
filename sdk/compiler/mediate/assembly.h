/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What assembly does that its operands do not show: nobody confines that. */
#ifndef MEMSENTRY_ASSEMBLY_H
#define MEMSENTRY_ASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

/* Whether a call of inline assembly carries the mark MEMSENTRY_REVIEWED_ASM. */
bool assembly_is_reviewed(LLVMValueRef call);

/*
 * Warns (-Wmemsentry-asm) of inline assembly in functions that are to be instrumented, and of
 * code in assembly at the level of the module.
 */
void assembly_diagnose(LLVMModuleRef module);

/*
 * The text of inline assembly as one dialect has it, without comments: each reference to an
 * operand is TEMPLATE_OPERAND, its number, TEMPLATE_END, in parentheses when it is printed as
 * an address. Without operands (`plain`) a dollar is a dollar. The caller frees it.
 */
#define TEMPLATE_OPERAND '\1'
#define TEMPLATE_END '\2'
char *template_expand(const char *text, size_t length, bool plain, bool intel);

/*
 * Takes the next statement from *rest: its mnemonic in lower case, without labels and prefixes,
 * and its operands. Returns false at the end. The text is cut to pieces.
 */
bool template_statement(char **rest, char **mnemonic, char **operands);

#endif
