/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What lies between memsentry_open() and memsentry_close() of memsentry-runtime.h. */
#ifndef MEMSENTRY_SPAN_H
#define MEMSENTRY_SPAN_H

#include <llvm-c/Types.h>

/*
 * Before the optimiser: keeps code that is called within a span from being inlined into it.
 * Reports spans that are not closed on every way, or closed twice, as errors.
 */
void span_fence(LLVMModuleRef module);

/* Marks every access of a span as one to a safe region and takes the calls that enclose it out.
 */
void span_resolve(LLVMModuleRef module);

#endif
