/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the attack programs share. The attacker of profile M knows every address and has already
 * got a corrupted pointer into the program; the tests only ask what its use does.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "memsentry-runtime.h"

/* A value that the optimiser knows nothing about: what an attacker put there. */
#define CORRUPTED(value)                                                                       \
    __extension__({                                                                            \
        __typeof__(value) corrupted = (value);                                                 \
        __asm__ volatile("" : "+r"(corrupted));                                                \
        corrupted;                                                                             \
    })

/*
 * An arbitrary write that the attacker has by some other bug: not instrumented, so that a test
 * can prepare memory which instrumented code then trusts.
 */
static inline void attacker_writes(volatile void *address, uint64_t value)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "movq %1, (%0)"
                     :
                     : "r"(address), "r"(value)
                     : "memory");
}

#endif
