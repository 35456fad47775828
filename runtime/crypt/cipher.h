/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The cipher of encrypted regions: AES-128, each block of 16 bytes with the tweak of its
 * address as in XEX (Rogaway, ASIACRYPT 2004). The round keys stay in registers: 20 of them in
 * the lanes of zmm27 to zmm31, first those of encryption, 0 to 10, then those of decryption, 1
 * to 9. They are in no memory of the process, but in the frames of signals, which the kernel
 * writes.
 */
#ifndef RUNTIME_CRYPT_CIPHER_H
#define RUNTIME_CRYPT_CIPHER_H

#include <stdbool.h>
#include <stdint.h>

#include <immintrin.h>

#include "registers.h"

#define CIPHER_KEYS 20

#define CIPHER_E0 CIPHER_KEY(0, zmm27)
#define CIPHER_E1 CIPHER_KEY(1, zmm27)
#define CIPHER_E2 CIPHER_KEY(2, zmm27)
#define CIPHER_E3 CIPHER_KEY(3, zmm27)
#define CIPHER_E4 CIPHER_KEY(0, zmm28)
#define CIPHER_E5 CIPHER_KEY(1, zmm28)
#define CIPHER_E6 CIPHER_KEY(2, zmm28)
#define CIPHER_E7 CIPHER_KEY(3, zmm28)
#define CIPHER_E8 CIPHER_KEY(0, zmm29)
#define CIPHER_E9 CIPHER_KEY(1, zmm29)
#define CIPHER_E10 CIPHER_KEY(2, zmm29)
#define CIPHER_D1 CIPHER_KEY(3, zmm29)
#define CIPHER_D2 CIPHER_KEY(0, zmm30)
#define CIPHER_D3 CIPHER_KEY(1, zmm30)
#define CIPHER_D4 CIPHER_KEY(2, zmm30)
#define CIPHER_D5 CIPHER_KEY(3, zmm30)
#define CIPHER_D6 CIPHER_KEY(0, zmm31)
#define CIPHER_D7 CIPHER_KEY(1, zmm31)
#define CIPHER_D8 CIPHER_KEY(2, zmm31)
#define CIPHER_D9 CIPHER_KEY(3, zmm31)

/* clang-format off */
#define CIPHER_AGAIN(step, block) #step " %[key], %[" #block "]\n\t"
#define CIPHER_STEP(which, step, block) CIPHER_##which CIPHER_AGAIN(step, block)
/* At the end no key is where the compiler might spill it. */
#define CIPHER_FORGET "pxor %[key], %[key]"

#define CIPHER_ENCRYPTION \
    CIPHER_STEP(E0, pxor, block) \
    CIPHER_STEP(E1, aesenc, block) \
    CIPHER_STEP(E2, aesenc, block) \
    CIPHER_STEP(E3, aesenc, block) \
    CIPHER_STEP(E4, aesenc, block) \
    CIPHER_STEP(E5, aesenc, block) \
    CIPHER_STEP(E6, aesenc, block) \
    CIPHER_STEP(E7, aesenc, block) \
    CIPHER_STEP(E8, aesenc, block) \
    CIPHER_STEP(E9, aesenc, block) \
    CIPHER_STEP(E10, aesenclast, block) CIPHER_FORGET

#define CIPHER_DECRYPTION \
    CIPHER_STEP(E10, pxor, block) \
    CIPHER_STEP(D9, aesdec, block) \
    CIPHER_STEP(D8, aesdec, block) \
    CIPHER_STEP(D7, aesdec, block) \
    CIPHER_STEP(D6, aesdec, block) \
    CIPHER_STEP(D5, aesdec, block) \
    CIPHER_STEP(D4, aesdec, block) \
    CIPHER_STEP(D3, aesdec, block) \
    CIPHER_STEP(D2, aesdec, block) \
    CIPHER_STEP(D1, aesdec, block) \
    CIPHER_STEP(E0, aesdeclast, block) CIPHER_FORGET

/* Three blocks side by side: the second and the third cost next to no time. */
#define CIPHER_TWEAK \
    CIPHER_STEP(E0, pxor, tweak) CIPHER_AGAIN(pxor, zero) CIPHER_STEP(E10, pxor, check) \
    CIPHER_STEP(E1, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D9, aesdec, check) \
    CIPHER_STEP(E2, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D8, aesdec, check) \
    CIPHER_STEP(E3, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D7, aesdec, check) \
    CIPHER_STEP(E4, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D6, aesdec, check) \
    CIPHER_STEP(E5, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D5, aesdec, check) \
    CIPHER_STEP(E6, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D4, aesdec, check) \
    CIPHER_STEP(E7, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D3, aesdec, check) \
    CIPHER_STEP(E8, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D2, aesdec, check) \
    CIPHER_STEP(E9, aesenc, tweak) CIPHER_AGAIN(aesenc, zero) CIPHER_STEP(D1, aesdec, check) \
    CIPHER_STEP(E10, aesenclast, tweak) CIPHER_AGAIN(aesenclast, zero) \
    CIPHER_STEP(E0, aesdeclast, check) CIPHER_FORGET
/* clang-format on */

static inline __m128i cipher_encrypt_raw(__m128i block)
{
    __m128i key;
    __asm__ volatile(CIPHER_ENCRYPTION : [block] "+x"(block), [key] "=&x"(key));
    return block;
}

static inline __m128i cipher_decrypt_raw(__m128i block)
{
    __m128i key;
    __asm__ volatile(CIPHER_DECRYPTION : [block] "+x"(block), [key] "=&x"(key));
    return block;
}

/*
 * Fills in the tweak of the block at `address`, which is not 0, and says whether the registers
 * hold the key whose encryption of zero is `known`.
 */
static inline bool cipher_tweak(uint64_t address, const uint64_t known[2], __m128i *tweak)
{
    const __m128i expected = _mm_loadu_si128((const __m128i *)known);
    __m128i key, check = expected, zero = _mm_setzero_si128(),
                 block = _mm_set_epi64x(0, (long long)address);
    __asm__ volatile(
        CIPHER_TWEAK
        : [tweak] "+x"(block), [zero] "+x"(zero), [check] "+x"(check), [key] "=&x"(key));
    /* Doubled in GF(2^128): the encryption of an address is not what anything is mixed with. */
    const __m128i carries = _mm_shuffle_epi32(_mm_srai_epi32(block, 31), 0x93);
    *tweak = _mm_xor_si128(_mm_slli_epi32(block, 1),
                           _mm_and_si128(carries, _mm_set_epi32(1, 1, 1, 0x87)));
    const __m128i wrong = _mm_or_si128(_mm_xor_si128(zero, expected), check);
    return _mm_testz_si128(wrong, wrong);
}

/*
 * Contents of a block with that tweak. Memory that was never written holds zeroes, and means
 * them: so regions need not be filled before they are used.
 */
static inline __m128i cipher_encrypt(__m128i block, __m128i tweak)
{
    return _mm_xor_si128(cipher_encrypt_raw(_mm_xor_si128(block, tweak)), tweak);
}

static inline __m128i cipher_decrypt(__m128i block, __m128i tweak)
{
    if (_mm_testz_si128(block, block))
        return block;
    return _mm_xor_si128(cipher_decrypt_raw(_mm_xor_si128(block, tweak)), tweak);
}

/* Makes the round keys, in the order of the lanes. The caller overwrites both with zeroes. */
void cipher_expand(__m128i key, __m128i keys[CIPHER_KEYS]);

#endif
