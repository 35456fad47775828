/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The gates of the domain backends: what compiled code, the proof and the runtime know of them.
 *
 * A domain is closed by default. A gate opens it, or closes it again; each is the same few
 * instructions everywhere, with constants only, so that nothing in memory decides about them.
 */
#ifndef MEMSENTRY_GATES_H
#define MEMSENTRY_GATES_H

#include <stdint.h>

#if defined(__x86_64__)

/*
 * mpk. The kernel hands out the lowest protection key that is free: 1, when the runtime asks
 * first. With any other it refuses to start, because gates are made of constants.
 *
 * The register PKRU has two bits for each key: no access (the lower one), no write. As the kernel
 * leaves it for new processes and for signal handlers, every key but 0 has no access; our key is
 * then closed.
 */
#define MEMSENTRY_PKEY 1
#define MEMSENTRY_PKRU_NO_ACCESS (UINT32_C(1) << (2 * MEMSENTRY_PKEY))
#define MEMSENTRY_PKRU_NO_WRITE (UINT32_C(2) << (2 * MEMSENTRY_PKEY))
#define MEMSENTRY_PKRU_CLOSED UINT32_C(0x55555554)
/* Mode w: everybody may read. */
#define MEMSENTRY_PKRU_CLOSED_WRITES UINT32_C(0x55555558)
#define MEMSENTRY_PKRU_OPEN UINT32_C(0x55555550)

#endif

/*
 * void __memsentry_gate_trap(void)
 * A gate that should have closed the domain did not: somebody jumped into it. Reports and does
 * not return. Reached from the gate by a stub of the module's own, hidden and of this name with
 * _stub at its end.
 */
#define MEMSENTRY_GATE_TRAP_SYMBOL "__memsentry_gate_trap"

#endif
