/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The files of mbed TLS that trusted.c consists of, and what they call in place of libc. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

static void *trusted_calloc(size_t count, size_t size);
static void trusted_free(void *block);

static int trusted_memcmp(const void *first, const void *second, size_t size)
{
    const unsigned char *a = first, *b = second;

    for (; size; a++, b++, size--) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}

static size_t trusted_strlen(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

static char *trusted_strstr(const char *text, const char *wanted)
{
    size_t length = trusted_strlen(wanted);

    for (size_t rest = trusted_strlen(text); rest >= length; rest--, text++) {
        if (trusted_memcmp(text, wanted, length) == 0)
            return (char *)text;
    }
    return NULL;
}

#undef memcmp
#define memcmp trusted_memcmp
#undef strlen
#define strlen trusted_strlen
#undef strstr
#define strstr trusted_strstr

/* Variables that the rest of the program has, too. */
#define mbedtls_cipher_definitions trusted_cipher_definitions
#define mbedtls_cipher_supported trusted_cipher_supported
#define mbedtls_rsa_info trusted_rsa_info
#define mbedtls_sha1_info trusted_sha1_info
#define mbedtls_sha224_info trusted_sha224_info
#define mbedtls_sha256_info trusted_sha256_info
#define mbedtls_sha384_info trusted_sha384_info
#define mbedtls_sha512_info trusted_sha512_info

#include "asn1parse.c"
#include "base64.c"
#include "bignum.c"
#include "constant_time.c"
#include "oid.c"
#include "pem.c"
#include "rsa.c"
#include "rsa_internal.c"
#include "pk.c"
#include "pk_wrap.c"
#include "pkparse.c"
#include "md.c"
#include "sha1.c"
#include "sha256.c"
#undef SHR
#undef ROTR
#undef S0
#undef S1
#undef S2
#undef S3
#undef F0
#undef F1
#undef R
#undef P
#define K K_of_sha512
#include "sha512.c"
#undef K
#include "aes.c"
#include "aesni.c"
#include "cipher.c"
#include "cipher_wrap.c"
#include "gcm.c"

#endif
