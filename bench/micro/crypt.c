/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What an access to an encrypted region costs, in cycles: against AES itself, which encrypts
 * and decrypts one block with round keys from memory, in turn. Prints minimum and median of the
 * rounds, and ratios to AES. For the command line see docs/performance.md.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>

#include <memsentry-runtime.h>

#define NOINLINE __attribute__((noinline))
#define REPEAT(i, count)                                                                       \
    _Pragma("clang loop unroll(disable) vectorize(disable)") for (long i = 0; i < (count); i++)

enum { ROUNDS = 101, COUNT = 2000 };

typedef unsigned __int128 wide;

static __m128i round_keys[20];

/* Each block depends on the one before, as an access waits for its own. */
__attribute__((target("aes"))) NOINLINE static void loop_aes(long count)
{
    __m128i value = round_keys[0];
    REPEAT(i, count)
    {
        value = _mm_xor_si128(value, round_keys[0]);
        for (int k = 1; k < 10; k++)
            value = _mm_aesenc_si128(value, round_keys[k]);
        value = _mm_aesenclast_si128(value, round_keys[10]);
        value = _mm_xor_si128(value, round_keys[10]);
        for (int k = 11; k < 20; k++)
            value = _mm_aesdec_si128(value, round_keys[k]);
        value = _mm_aesdeclast_si128(value, round_keys[0]);
    }
    round_keys[0] = value;
}

/* Waits for each, too: the address of the next depends on what is there, zeroes. */
NOINLINE static void loop_load(volatile wide MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    {
        wide value = *place;
        place += (uint64_t)value | (uint64_t)(value >> 64);
    }
}

NOINLINE static void loop_load8(volatile uint64_t MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    {
        place += *place;
    }
}

NOINLINE static void loop_store(volatile wide MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    *place = (wide)i & 0;
}

NOINLINE static void loop_store8(volatile uint64_t MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    *place = (uint64_t)i & 0;
}

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(void)
{
    static const char *const names[] = {"AES, encrypt and decrypt", "load of 16 bytes",
                                        "load of 8 bytes", "store of 16 bytes",
                                        "store of 8 bytes"};
    enum { LOOPS = sizeof names / sizeof *names };
    static double cycles[LOOPS][ROUNDS];
    void *region = saferegion_alloc(64);

    /* What was never written needs no cipher. */
    loop_store((volatile wide MEMSENTRY_REGION *)region, 1);
    for (int i = 0; i < 20; i++)
        round_keys[i] = _mm_set1_epi32(rand());
    for (int round = 0; round < ROUNDS; round++) {
        for (int loop = 0; loop < LOOPS; loop++) {
            const uint64_t start = __rdtsc();
            switch (loop) {
            case 0:
                loop_aes(COUNT);
                break;
            case 1:
                loop_load((volatile wide MEMSENTRY_REGION *)region, COUNT);
                break;
            case 2:
                loop_load8((volatile uint64_t MEMSENTRY_REGION *)region, COUNT);
                break;
            case 3:
                loop_store((volatile wide MEMSENTRY_REGION *)region, COUNT);
                break;
            default:
                loop_store8((volatile uint64_t MEMSENTRY_REGION *)region, COUNT);
            }
            cycles[loop][round] = (double)(__rdtsc() - start) / COUNT;
        }
    }
    printf("%-26s %8s %8s %8s %8s\n", "cycles", "minimum", "median", "ratio", "ratio");
    for (int loop = 0; loop < LOOPS; loop++)
        qsort(cycles[loop], ROUNDS, sizeof(double), by_size);
    for (int loop = 0; loop < LOOPS; loop++)
        printf("%-26s %8.1f %8.1f %8.2f %8.2f\n", names[loop], cycles[loop][0],
               cycles[loop][ROUNDS / 2], cycles[loop][0] / cycles[0][0],
               cycles[loop][ROUNDS / 2] / cycles[0][ROUNDS / 2]);
    return 0;
}
