/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Registers of AVX-512; see registers.h. */
#include "registers.h"

#include <cpuid.h>
#include <string.h>
#include <ucontext.h>

#include "../backends/xcr.h"
#include "../control.h"

/* Bits of XCR0: state that the kernel saves for a process. */
#define XCR0_SSE_AVX_AVX512 UINT64_C(0xe6)
/* The part of it that has zmm16 to zmm31. */
#define STATE_HIGH_ZMM 7
/* What the kernel says behind the 416 bytes of FXSAVE's registers, and before XSAVE's header.
 */
#define FRAME_MAGIC UINT32_C(0x46505853)
#define FRAME_MAGIC_OFFSET 464
#define FRAME_USED_OFFSET 512

bool registers_exist(void)
{
    unsigned eax, ebx = 0, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & bit_AVX512F) != 0;
}

bool registers_are_saved(void)
{
    return (xcr_saved_state() & XCR0_SSE_AVX_AVX512) == XCR0_SSE_AVX_AVX512;
}

uint32_t registers_frame_offset(void)
{
    unsigned eax, ebx, ecx, edx;
    __cpuid_count(0xd, STATE_HIGH_ZMM, eax, ebx, ecx, edx);
    return ebx;
}

void registers_load(const void *contents)
{
    __asm__ volatile("vmovdqu64 0(%0), %%zmm27\n\t"
                     "vmovdqu64 64(%0), %%zmm28\n\t"
                     "vmovdqu64 128(%0), %%zmm29\n\t"
                     "vmovdqu64 192(%0), %%zmm30\n\t"
                     "vmovdqu64 256(%0), %%zmm31"
                     :
                     : "r"(contents)
                     : "memory");
}

void registers_resume(const void *frame)
{
    const ucontext_t *context = frame;
    const char *const registers = (const char *)context->uc_mcontext.fpregs;
    struct {
        uint32_t magic, size;
        uint64_t saved;
    } kernel;
    uint64_t used;
    if (registers == NULL)
        return;
    memcpy(&kernel, registers + FRAME_MAGIC_OFFSET, sizeof kernel);
    memcpy(&used, registers + FRAME_USED_OFFSET, sizeof used);
    /* Without them: of code that never had the key. */
    if (kernel.magic != FRAME_MAGIC || ((kernel.saved & used) >> STATE_HIGH_ZMM & 1) == 0)
        return;
    registers_load(registers + CONFIG->crypt.frame_offset +
                   (REGISTERS_FIRST - 16) * REGISTERS_SIZE);
}
