/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Walking and asking LLVM's intermediate representation. */
#ifndef SAFESTACK_IR_H
#define SAFESTACK_IR_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

#define FUNCTION_INDEX ((unsigned)LLVMAttributeFunctionIndex)

/* A list that grows; the caller frees `at`. */
struct values {
    LLVMValueRef *at;
    size_t count, capacity;
};

void ir_append(struct values *values, LLVMValueRef value);

unsigned ir_attribute_kind(const char *name);
bool ir_has_attribute(LLVMValueRef function, const char *name);
/* One of LLVM's own, which has no value. */
void ir_add_attribute(LLVMValueRef function, const char *name);
/* The same for a call; of "memory" that means none. */
void ir_add_call_attribute(LLVMValueRef call, const char *name);

/* The function of that name, declared where the module has none. */
LLVMValueRef ir_declare(LLVMModuleRef module, const char *name, LLVMTypeRef type);

/* The runtime's version of a function, __memsentry_<its name>, of the same type. */
LLVMValueRef ir_version_of_runtime(LLVMValueRef function);

/* Whether it calls an intrinsic whose name starts so. */
bool ir_calls_intrinsic(LLVMValueRef instruction, const char *prefix);

/* Those that a walk can replace or erase. */
struct values ir_instructions_of(LLVMValueRef function);

/* Behind the allocas that the entry block starts with. */
LLVMValueRef ir_first_insertion_point(LLVMValueRef function);

#endif
