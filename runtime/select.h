/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which backend the process has: what the notes of its objects say.
 */
#ifndef RUNTIME_SELECT_H
#define RUNTIME_SELECT_H

#include "control.h"

/*
 * Fills in backend, mode and gates from the notes of the executable, or, where it has none, of
 * the first library that has. Ends the process with a message when objects disagree or want
 * what this runtime does not have. Not async-signal-safe.
 */
void select_backend(struct config *config);

/*
 * For a library that is loaded later, and has the address `inside`: ends the process with a
 * message unless its notes agree with what the process has.
 */
void select_check_library(const void *inside);

#endif
