/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of encryption: the key comes into its registers before main, and again
 * wherever the kernel takes it out, which is where a signal handler starts. New threads and
 * processes inherit it with all other registers.
 */
#include "backend.h"

#include <cpuid.h>
#include <string.h>

#include "../crypt/cipher.h"
#include "../crypt/libc.h"
#include "../crypt/registers.h"
#include "../kernel.h"
#include "memsentry/crypt.h"

static _Noreturn void refuse_because(const char *why, const char *mend)
{
    backend_refuse("crypt", why, mend);
}

static void probe(void)
{
    unsigned eax, ebx, ecx = 0, edx;
    (void)__get_cpuid(1, &eax, &ebx, &ecx, &edx);
    const unsigned needed = bit_AES | bit_SSE4_1 | bit_CMPXCHG16B;
    if ((ecx & needed) != needed || !registers_exist())
        refuse_because("this processor has no AVX-512 or no AES ('avx512f' and 'aes' in "
                       "/proc/cpuinfo)",
                       "run it on one that has");
    if (!registers_are_saved())
        refuse_because("the kernel does not save the registers of AVX-512",
                       "boot it without 'noxsave' and 'clearcpuid='");
}

static void forget(void *memory, size_t size)
{
    memset(memory, 0, size);
    __asm__ volatile("" : : "r"(memory) : "memory");
}

static void start(struct config *config)
{
    probe();
    __m128i key, keys[CIPHER_KEYS];
    if (kernel_random(&key, sizeof key) != 0)
        refuse_because("the kernel has no random numbers for its key",
                       "see what denies getrandom (a seccomp filter)");
    cipher_expand(key, keys);
    registers_load(keys);
    forget(&key, sizeof key);
    forget(keys, sizeof keys);
    const __m128i check = cipher_encrypt_raw(_mm_setzero_si128());
    memcpy(config->crypt.check, &check, sizeof check);
    config->crypt.frame_offset = registers_frame_offset();
    /* The kernel lets handlers start with empty registers. */
    config->handler_entry = true;
}

static void verify(void)
{
    __m128i tweak;
    libc_try();
    if (cipher_tweak(MEMSENTRY_REGIONS_START, CONFIG->crypt.check, &tweak))
        return;
    libc_start_without();
    refuse_because("the C library here uses the vector registers zmm27 to zmm31",
                   "run it with GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512VL");
}

static void copy(void *to, const void *from, size_t size)
{
    __memsentry_crypt_move(to, from, size);
}

BACKEND(crypt, .remark = "regions encrypted, the key in registers", .start = start,
        .verify = verify, .resume = registers_resume, .copy = copy);
