/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The cipher of crypt, with its keys in memory: the example of FIPS 197, tweaks, and the check.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "crypt/cipher.h"

static __m128i bytes(const char *hexadecimal)
{
    unsigned char all[16];
    for (int i = 0; i < 16; i++)
        sscanf(hexadecimal + 2 * i, "%2hhx", &all[i]);
    return _mm_loadu_si128((const __m128i *)all);
}

static bool same(__m128i one, __m128i other)
{
    return memcmp(&one, &other, sizeof one) == 0;
}

static void use_key(__m128i key)
{
    __m128i keys[CIPHER_KEYS];
    cipher_expand(key, keys);
    registers_load(keys);
}

static void encrypt_zero(uint64_t encrypted[2])
{
    _mm_storeu_si128((__m128i *)encrypted, cipher_encrypt_raw(_mm_setzero_si128()));
}

Test(cipher, aes)
{
    use_key(bytes("000102030405060708090a0b0c0d0e0f"));
    const __m128i plain = bytes("00112233445566778899aabbccddeeff");
    const __m128i encrypted = bytes("69c4e0d86a7b0430d8cdb78070b4c55a");
    cr_assert(same(cipher_encrypt_raw(plain), encrypted));
    cr_assert(same(cipher_decrypt_raw(encrypted), plain));
}

/* The encryption of an address, doubled: of FIPS 197's block, were it one, by hand. */
Test(cipher, tweak)
{
    __m128i one, other;
    use_key(bytes("2b7e151628aed2a6abf7158809cf4f3c"));
    uint64_t check[2];
    encrypt_zero(check);
    cr_assert(cipher_tweak(16, check, &one) && cipher_tweak(32, check, &other));
    cr_assert(!same(one, other));
    __extension__ unsigned __int128 value, twice;
    const __m128i encrypted = cipher_encrypt_raw(_mm_set_epi64x(0, 16));
    memcpy(&value, &encrypted, sizeof value);
    memcpy(&twice, &one, sizeof twice);
    cr_assert(twice == (value << 1 ^ (value >> 127 != 0 ? 0x87 : 0)));
    const __m128i plain = bytes("00112233445566778899aabbccddeeff");
    const __m128i encrypted_here = cipher_encrypt(plain, one);
    cr_assert(same(cipher_decrypt(encrypted_here, one), plain));
    cr_assert(!same(cipher_decrypt(encrypted_here, other), plain));
}

/* Memory that nobody has written. */
Test(cipher, zeroes)
{
    __m128i tweak;
    use_key(bytes("2b7e151628aed2a6abf7158809cf4f3c"));
    const __m128i zero = _mm_setzero_si128();
    uint64_t check[2];
    encrypt_zero(check);
    cr_assert(cipher_tweak(16, check, &tweak));
    cr_assert(same(cipher_decrypt(zero, tweak), zero));
    cr_assert(!same(cipher_encrypt(zero, tweak), zero));
}

/* One bit of any of the 20 keys. */
Test(cipher, check)
{
    __m128i keys[CIPHER_KEYS], tweak;
    cipher_expand(bytes("2b7e151628aed2a6abf7158809cf4f3c"), keys);
    registers_load(keys);
    uint64_t check[2];
    encrypt_zero(check);
    cr_assert(cipher_tweak(16, check, &tweak));
    for (size_t byte = 0; byte < sizeof keys; byte++) {
        ((unsigned char *)keys)[byte] ^= 1 << byte % 8;
        registers_load(keys);
        cr_assert_not(cipher_tweak(16, check, &tweak), "byte %zu", byte);
        ((unsigned char *)keys)[byte] ^= 1 << byte % 8;
    }
}
