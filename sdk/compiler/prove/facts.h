/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The facts of all values of a function. */
#ifndef MEMSENTRY_FACTS_H
#define MEMSENTRY_FACTS_H

#include <stddef.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include "../backends/backend.h"
#include "fact.h"

/* What the native stack is to the function: an attribute that a defense has set. */
enum stack_kind { STACK_NORMAL, STACK_SAFE, STACK_EXEMPT };

struct facts {
    LLVMValueRef function;
    LLVMTargetDataRef layout;
    enum stack_kind stack;
    const struct check_code *check; /* what the backend checks addresses with, or NULL */
    /* Blocks and instructions in order; an index for each, by an open hash table. */
    LLVMValueRef *instructions;
    struct fact *of;
    size_t count;
    struct slot *slots;
    size_t slot_count;
};

/* Computes them. The caller calls facts_free(). */
void facts_compute(struct facts *facts, LLVMValueRef function);
void facts_free(struct facts *facts);

/* Of any value: constant, argument or instruction. */
struct fact facts_of(const struct facts *facts, LLVMValueRef value);

/* SIZE_MAX for what is not an instruction of the function. */
size_t facts_index(const struct facts *facts, LLVMValueRef instruction);

/* What an instruction makes of the facts of its operands. */
struct fact facts_transfer(const struct facts *facts, LLVMValueRef instruction);

/* The distance that a getelementptr, an instruction or a constant, adds to its base. */
struct range facts_displacement(const struct facts *facts, LLVMValueRef gep);

/*
 * The size of an alloca of constant size in the entry block, or of a byval argument. Returns
 * false for everything else.
 */
bool facts_object_size(const struct facts *facts, LLVMValueRef object, uint64_t *size);

/* Whether the size of a type is a constant. */
bool facts_has_size(LLVMTypeRef type);

/* Of an alloca or a byval argument, and of a global, as addresses. */
struct fact facts_of_object(const struct facts *facts, LLVMValueRef object);
struct fact facts_of_global(LLVMValueRef global);

/* The bytes that a value of this type fills in memory; false when that is not constant. */
bool facts_type_size(const struct facts *facts, LLVMTypeRef type, uint64_t *size);

/* Whether a call is one of assembly in AT&T's notation, with exactly this text and constraints.
 */
bool facts_is_assembly(LLVMValueRef call, const char *text, const char *constraints);

void *prove_allocate(size_t count, size_t size);

#endif
