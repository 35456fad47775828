/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How the runtime ends the process. Async-signal-safe.
 */
#ifndef RUNTIME_DIE_H
#define RUNTIME_DIE_H

#include "text.h"

/* Exit status of a program that cannot be protected here: EX_CONFIG of sysexits.h. */
#define EXIT_REFUSED 78

/* At start-up: writes the message, which ends without a newline, and exits before main. */
_Noreturn void refuse(struct text *message);

/* Later: an inner contradiction, or an attack on the runtime itself. Report, then SIGABRT. */
_Noreturn void die(const char *what);

/* The one end of a report: SIGABRT, not to be returned from. */
_Noreturn void die_silently(void);

#endif
