/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where reports go: a file descriptor, and the system log where that is wanted.
 */
#ifndef RUNTIME_LOG_H
#define RUNTIME_LOG_H

#include "text.h"

/* Writes the text out, as the configuration says, and empties it. Async-signal-safe. */
void log_text(struct text *text);

#endif
