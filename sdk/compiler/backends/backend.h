/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The compile-time half of an isolation backend. */
#ifndef MEMSENTRY_BACKEND_H
#define MEMSENTRY_BACKEND_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

/* What a gate does to the domain. */
enum gate { GATE_NONE, GATE_OPENS, GATE_CLOSES };

/* Assembly that returns its only operand, in the same register, when that is confined. */
struct check_code {
    const char *text, *constraints;
};

/*
 * Address backends have masks, domain backends gates or, where memory itself is changed, code
 * in the place of accesses; a baseline has nothing.
 */
struct backend {
    const char *name;
    /* Returns `pointer` (or a vector of them) confined, by arithmetic that LLVM may merge. */
    LLVMValueRef (*mask)(LLVMBuilderRef builder, LLVMValueRef pointer);
    /* The same by code that LLVM neither moves nor merges nor looks into. */
    LLVMValueRef (*mask_here)(LLVMBuilderRef builder, LLVMValueRef pointer);
    /* Whether the structure of `pointer` alone shows that it is confined. */
    bool (*is_masked)(LLVMValueRef pointer);
    /* Returns an i1 that is true when `pointer` is not confined. */
    LLVMValueRef (*is_outside)(LLVMBuilderRef builder, LLVMValueRef pointer);
    /*
     * Returns `pointer`, which is no vector, when it is confined, and faults otherwise: in the
     * place of mask() for an access that is made for certain. `here`: as mask_here(). NULL
     * where masks do for all accesses.
     */
    LLVMValueRef (*check)(LLVMBuilderRef builder, LLVMValueRef pointer, bool here);
    /* What check() emits, to the letter. */
    const struct check_code *check_code;
    /* When the last pass over the IR is over: keeps such a check where it is. */
    void (*pin)(LLVMValueRef instruction);
    /* Emits a gate; a closed domain denies what `mode` (of enum access_mode) says. */
    void (*emit_gate)(LLVMBuilderRef builder, enum gate gate, unsigned mode);
    /* What `instruction` does to the domain, by its code to the letter. */
    enum gate (*gate_of)(LLVMValueRef instruction, unsigned mode);
    /* Why a function cannot be compiled for it, or NULL. */
    const char *(*refuse)(LLVMValueRef function);
    /* Replaces an access to a safe region. Returns NULL, or why it cannot. */
    const char *(*replace)(LLVMTargetDataRef layout, LLVMValueRef instruction);
};

/* NULL when this build has none of that name. The name need not end in a zero byte. */
const struct backend *backend_find(const char *name, unsigned long length);

/*
 * One whose masks hold in every process of ours: the layout is the same whatever the backend.
 * For what a domain leaves to masks.
 */
const struct backend *backend_for_masks(void);

/* Whether backends.def knows the name, built or not. */
bool backend_is_known(const char *name);

#endif
