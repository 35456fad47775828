/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Tells whether a fault is our doing, and reports it when it is.
 */
#ifndef RUNTIME_FAULT_H
#define RUNTIME_FAULT_H

#include <signal.h>
#include <stdint.h>

#include "visibility.h"

/*
 * Reports blocked accesses, null dereferences of masked pointers and overflows of a safe stack;
 * says nothing of other faults. Puts the address that the program meant back into si_addr.
 * Async-signal-safe.
 */
void fault_report(siginfo_t *info, void *context);

/* What compiled code calls, see memsentry/abi.h. */
EXPORT _Noreturn void __memsentry_length_trap(const void *address, uint64_t length);
/* Also what the runtime's own gates call, see memsentry/gates.h. */
EXPORT _Noreturn void __memsentry_gate_trap(void);

/*
 * Returns when `callee` does no harm with that memory, see __memsentry_check_argument() in
 * memsentry/abi.h; otherwise reports a call at `pc` and ends the process.
 */
void fault_check_argument(uint64_t start, uint64_t length, const char *callee, uint64_t pc);

#endif
