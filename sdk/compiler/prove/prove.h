/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The proof: every access of an instrumented function stays out of the safe regions, shown from
 * the instructions as they are after the last optimisation. Nothing here knows how they were
 * instrumented; what the two share are the facts of abi.h, layout.h and the tables of library
 * functions.
 */
#ifndef MEMSENTRY_PROVE_H
#define MEMSENTRY_PROVE_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/* An access that could not be proved. */
struct unproved {
    LLVMValueRef instruction;
    LLVMValueRef value; /* the operand in question; NULL when it is the instruction itself */
    const char *claim;  /* what was to be shown, as the end of "cannot prove that ..." */
    /* A mask right before the access would do: `value` is an address of ordinary memory. */
    bool maskable;
};

struct proof {
    unsigned proved;
    unsigned marked; /* left alone by an explicit mark: see docs/user-guide.md */
    unsigned unproved;
    /* Called for each unproved access; may be NULL. */
    void (*report)(void *context, const struct unproved *);
    void *context;
};

/*
 * Adds the accesses of `function` to the counts of `proof`. A function without a configuration
 * has no access that counts; one that is exempt as a whole counts as one mark.
 */
void prove_function(struct proof *proof, LLVMValueRef function);

/*
 * Proves every function of the module; reports errors, or warnings, as the functions ask for.
 * What was bounded when it was instrumented may be beyond the proof once it has been optimized:
 * `mask`, unless it is NULL, then masks `address` before `instruction`, and the function is
 * proved anew.
 */
void prove_module(LLVMModuleRef module,
                  void (*mask)(LLVMValueRef instruction, LLVMValueRef address));

#endif
