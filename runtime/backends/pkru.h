/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The runtime's own gates of mpk, and its only WRPKRU. They leave the rights of other keys as
 * they are, so that they suit programs whose gates are made of constants and those whose gates
 * are not (-fmemsentry-mpk-preserve).
 */
#ifndef RUNTIME_PKRU_H
#define RUNTIME_PKRU_H

#include <stdbool.h>

#include "../fault.h"
#include "memsentry/gates.h"

#define PKRU_OURS (MEMSENTRY_PKRU_NO_ACCESS | MEMSENTRY_PKRU_NO_WRITE)

static inline void pkru_open(void)
{
    __asm__ volatile("xorl %%ecx, %%ecx\n\t"
                     "rdpkru\n\t" /* clears edx */
                     "andl %0, %%eax\n\t"
                     "wrpkru"
                     :
                     : "i"((int)~PKRU_OURS)
                     : "eax", "ecx", "edx", "cc", "memory");
}

/*
 * `bits`, a constant, are those of our key: no access or no write. Whoever jumped to the WRPKRU
 * with other rights in eax does not get past the comparison.
 */
#define PKRU_CLOSE(bits)                                                                       \
    do {                                                                                       \
        bool open_;                                                                            \
        __asm__ volatile("xorl %%ecx, %%ecx\n\t"                                               \
                         "rdpkru\n\t"                                                          \
                         "andl %1, %%eax\n\t"                                                  \
                         "orl %2, %%eax\n\t"                                                   \
                         "wrpkru\n\t"                                                          \
                         "andl %3, %%eax\n\t"                                                  \
                         "cmpl %2, %%eax"                                                      \
                         : "=@ccne"(open_)                                                     \
                         : "i"((int)~PKRU_OURS), "i"((int)(bits)), "i"((int)PKRU_OURS)         \
                         : "eax", "ecx", "edx", "memory");                                     \
        if (open_)                                                                             \
            __memsentry_gate_trap();                                                           \
    } while (0)

static inline void pkru_close(bool reads)
{
    if (reads)
        PKRU_CLOSE(MEMSENTRY_PKRU_NO_ACCESS);
    else
        PKRU_CLOSE(MEMSENTRY_PKRU_NO_WRITE);
}

static_assert((MEMSENTRY_PKRU_CLOSED & PKRU_OURS) == MEMSENTRY_PKRU_NO_ACCESS &&
                  (MEMSENTRY_PKRU_CLOSED_WRITES & PKRU_OURS) == MEMSENTRY_PKRU_NO_WRITE &&
                  (MEMSENTRY_PKRU_OPEN & PKRU_OURS) == 0,
              "compiled gates mean the same");

#endif
