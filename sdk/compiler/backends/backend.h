/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The compile-time half of an isolation backend. */
#ifndef MEMSENTRY_BACKEND_H
#define MEMSENTRY_BACKEND_H

#include <stdbool.h>

#include <llvm-c/Types.h>

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
};

/* NULL when this build has none of that name. The name need not end in a zero byte. */
const struct backend *backend_find(const char *name, unsigned long length);

/* Whether backends.def knows the name, built or not. */
bool backend_is_known(const char *name);

#endif
