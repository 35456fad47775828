/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Stands in for runtime/backends/mpx.c where there is no MPX: does not ask for it and turns
 * nothing on, so that checks are NOPs. What is timed so is a lower bound; it PROTECTS NOTHING.
 */
#include "../../runtime/backends/backend.h"

static void start(struct config *config)
{
    /* The runtime's other work is that of mpx. */
    config->handler_entry = true;
    config->checks_by_state = true;
}

BACKEND(mpx, .remark = "no checks: for measuring only", .start = start);
