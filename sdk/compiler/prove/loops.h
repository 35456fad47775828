/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How far a loop counter gets, from a comparison that every path around the loop passes. That
 * it does not wrap is concluded by induction, never taken from a flag.
 */
#ifndef MEMSENTRY_LOOPS_H
#define MEMSENTRY_LOOPS_H

#include "facts.h"
#include "paths.h"

/* Makes the facts of counters, and of what is computed from them, stronger. */
void loops_refine(struct facts *facts, const struct paths *paths);

#endif
