/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Mutants of instrumented functions, and what becomes of them. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

/* A change of a function that can be taken back. */
struct edit {
    struct {
        LLVMValueRef user, before;
        unsigned operand;
    } * changes;
    size_t count, capacity;
    LLVMValueRef added[64]; /* instructions, in the order in which they were made */
    unsigned added_count;
};

void edit_operand(struct edit *edit, LLVMValueRef user, unsigned operand, LLVMValueRef value);
/* Every use of `value` becomes one of `other`. */
void edit_uses(struct edit *edit, LLVMValueRef value, LLVMValueRef other);
void edit_add(struct edit *edit, LLVMValueRef instruction);
void edit_undo(struct edit *edit);

/* Why a mutant that the proof accepts is as safe as the original. */
enum excuse {
    EXCUSE_NONE,
    EXCUSE_DOMINATED, /* what is left comes from other masks, or from objects */
    EXCUSE_CHECKED,   /* another check of the same pointer dominates it */
    EXCUSE_UNUSED,    /* no access rests on what was changed */
    EXCUSES,
};

/*
 * Changes what `instruction` stands for; returns false when there is nothing of this kind at
 * it. *changed is the value that accesses may rest on, *left the address that they then have;
 * one of them may be NULL.
 */
typedef bool mutate(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                    LLVMValueRef *left);

struct mutation {
    const char *name;
    bool of_gates; /* for domain backends; the others are for masks */
    mutate *apply;
};

extern const struct mutation mutations[];
extern const size_t mutation_count;

/*
 * Judged by the structure of the code alone, not by the proof. For the first two, *witness is a
 * mask or check that stands for the one that is gone.
 */
enum excuse excuse_of(LLVMValueRef at, LLVMValueRef changed, LLVMValueRef left, bool reads,
                      bool writes, LLVMValueRef *witness);

bool dominates(LLVMBasicBlockRef block, LLVMBasicBlockRef other);

/* The pointer that a branch is the check of, or NULL. */
LLVMValueRef checked_pointer(LLVMValueRef branch);

/* A call of the slow path that checks an argument. */
bool is_argument_check(LLVMValueRef call);

/* Those of gates.c. */
mutate gate_closed_early, gate_left_open, gate_write_while_open, gate_call_while_open,
    gate_unchecked, gate_mark_dropped;

/* Whether the function confines accesses of that mode, 'r' or 'w'. */
bool confines(LLVMValueRef function, char mode);

/* Whether the instruction is a mask: sets the split bit of an address, or of several. */
bool is_mask(LLVMValueRef instruction);

#endif
