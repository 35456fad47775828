/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Start-up of the runtime: from the library's constructor, from the start object of the
 * executable, or from the first call that needs it, whichever comes first.
 */
#ifndef RUNTIME_START_H
#define RUNTIME_START_H

#include <stdbool.h>

/* Reserves the layout and reads the options; exits with a message when that cannot be. */
void runtime_start(void);

/* Only saves work: clearing it makes runtime_start() find the layout taken, and refuse. */
extern bool runtime_started;

static inline void runtime_ensure_started(void)
{
    if (!runtime_started)
        runtime_start();
}

#endif
