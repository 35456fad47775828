/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Trusted functions that call each other with the domain open. */
#ifndef MEMSENTRY_INNER_H
#define MEMSENTRY_INNER_H

#include <llvm-c/Types.h>

/*
 * Splits each whitelisted function that other trusted code of the module calls by its name into
 * an inner one, which is entered and left with the domain open and which that code now calls,
 * and an outer one under the old name, for all others, which opens the domain, calls the inner
 * one and closes it. Trusted code that is made of many functions then pays for its gates once.
 */
void inner_split(LLVMModuleRef module);

#endif
