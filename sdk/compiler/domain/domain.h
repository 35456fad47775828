/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The instrumentation of domain backends: gates around accesses to safe regions. */
#ifndef MEMSENTRY_DOMAIN_H
#define MEMSENTRY_DOMAIN_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/*
 * Puts gates into a function that is configured for a domain backend and has not been done yet:
 * around accesses that are marked, and around all of a whitelisted function's. Returns whether
 * the function is one.
 */
bool domain_function(LLVMValueRef function);

#endif
