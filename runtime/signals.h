/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Signals: the kernel's frames lie on safe stacks, so handlers get copies of siginfo and
 * context on the unsafe stack, and the fault signal is ours first.
 */
#ifndef RUNTIME_SIGNALS_H
#define RUNTIME_SIGNALS_H

#include <signal.h>
#include <stdint.h>

/* A handler of the program; one that takes the number only is called with all three, too. */
typedef void (*signal_handler)(int, siginfo_t *, void *);

/* Installs the fault handler; sigaction of libc must be known. */
void signals_init(void);

/*
 * Calls the program's handler as the kernel would, with the copies where they are needed.
 */
void signals_deliver(signal_handler handler, int signal, siginfo_t *info, void *context);

#endif
