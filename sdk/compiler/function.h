/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions of a module: their attributes, and new ones. */
#ifndef MEMSENTRY_FUNCTION_H
#define MEMSENTRY_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

/* The value of a string attribute, which ends in a zero byte; NULL: it has none of that name.
 */
const char *function_attribute(LLVMValueRef function, const char *name);
bool function_has_attribute(LLVMValueRef function, const char *name);
void function_add_attribute(LLVMValueRef function, const char *name, const char *value);
/* One of LLVM's own, which has no value. */
void function_add_llvm_attribute(LLVMValueRef function, const char *name);
bool function_is_naked(LLVMValueRef function);
/* Whether some parameter has one of LLVM's own attributes, of `count` names. */
bool function_has_parameter(LLVMValueRef function, const char *const *names, size_t count);
bool function_has_instruction(LLVMValueRef function, bool (*holds)(LLVMValueRef instruction));

/* Whether `instruction` calls a function, not an intrinsic or assembly, which are code here. */
bool calls_function(LLVMValueRef instruction);

/* The function of that name, declared where the module has none. */
LLVMValueRef function_declare(LLVMModuleRef module, const char *name, LLVMTypeRef type);

/* Makes a definition of all modules of a program, or library, one, which nobody else sees. */
void function_merge(LLVMModuleRef module, LLVMValueRef global, const char *name);

/*
 * Adds a function of nothing but assembly, with `count` symbols, two at most, as its operands:
 * a way to other libraries, seldom taken, for code that wants to be small. One of all modules
 * is kept.
 */
LLVMValueRef function_add_stub(LLVMModuleRef module, const char *name, LLVMTypeRef type,
                               const char *code, const char *constraints,
                               LLVMValueRef *operands, unsigned count);

#endif
