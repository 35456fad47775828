/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions of libc that call back; see callbacks.c. */
#ifndef SAFESTACK_CALLBACKS_H
#define SAFESTACK_CALLBACKS_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/*
 * Redirects a module to the runtime's versions of the functions of callbacks.def, of all of
 * them where `reads` are confined.
 */
void callbacks_redirect(LLVMModuleRef module, bool reads);

#endif
