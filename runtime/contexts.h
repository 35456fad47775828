/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * getcontext, setcontext, makecontext and swapcontext of instrumented code. A context has a
 * slot for its safe stack; the memory that the program gives it is its unsafe stack. What is
 * saved of a context is an entry of its slot (jumps.h), and the program's ucontext_t has the
 * handle.
 *
 * A slot is given back when the function of its context returns, and when another context is
 * made on the same memory.
 */
#ifndef RUNTIME_CONTEXTS_H
#define RUNTIME_CONTEXTS_H

#include "stacks.h"

/* Gives the slot of a context back; nothing may run on it any more. */
void context_release(struct slot *slot);

#endif
