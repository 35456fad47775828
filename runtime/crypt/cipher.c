/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The key schedule of AES-128; see cipher.h. */
#include "cipher.h"

static __m128i next_key(__m128i key, __m128i assist)
{
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, _mm_shuffle_epi32(assist, 0xff));
}

void cipher_expand(__m128i key, __m128i keys[CIPHER_KEYS])
{
    keys[0] = key;
    /* The constant of a round is part of the instruction. */
#define NEXT_KEY(round, constant)                                                              \
    keys[round] =                                                                              \
        next_key(keys[round - 1], _mm_aeskeygenassist_si128(keys[round - 1], constant))
    NEXT_KEY(1, 0x01);
    NEXT_KEY(2, 0x02);
    NEXT_KEY(3, 0x04);
    NEXT_KEY(4, 0x08);
    NEXT_KEY(5, 0x10);
    NEXT_KEY(6, 0x20);
    NEXT_KEY(7, 0x40);
    NEXT_KEY(8, 0x80);
    NEXT_KEY(9, 0x1b);
    NEXT_KEY(10, 0x36);
    for (int i = 1; i < 10; i++)
        keys[10 + i] = _mm_aesimc_si128(keys[i]);
}
