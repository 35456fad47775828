/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Of mbed TLS, what trusted.c is made of. */
#ifndef KEYHOLDER_CONFIG_H
#define KEYHOLDER_CONFIG_H

#define MBEDTLS_HAVE_ASM

#define MBEDTLS_AES_C
#define MBEDTLS_AESNI_C
#define MBEDTLS_AES_ROM_TABLES /* those that are computed could be changed */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C
#define MBEDTLS_MD_C
#define MBEDTLS_OID_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_RSA_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C

/* Memory comes from the region, and is overwritten without the help of libc. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO trusted_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO trusted_free
#define MBEDTLS_PLATFORM_ZEROIZE_ALT

#include <mbedtls/check_config.h>

#endif
