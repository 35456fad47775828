/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which parts of its state the processor saves for a process: what the kernel has turned on. */
#ifndef RUNTIME_XCR_H
#define RUNTIME_XCR_H

#include <cpuid.h>
#include <stdint.h>

/* The register XCR0; 0 where the kernel does not use XSAVE. */
static inline uint64_t xcr_saved_state(void)
{
    unsigned eax = 0, ebx, ecx = 0, edx, low, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & bit_OSXSAVE) == 0)
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

#endif
