/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Private keys that a program may use and not read. RSA keys for the TLS stack of mbed TLS,
 * which sees a number in their place, and AES keys for anything else.
 *
 * A key is a small positive number. Functions return it, 0 or a length; or a negative error of
 * mbed TLS's. As in mbed TLS without MBEDTLS_THREADING_C, one thread at a time.
 */
#ifndef KEYHOLDER_H
#define KEYHOLDER_H

#include <stddef.h>

#include <mbedtls/pk.h>

/* What keyholder_seal() adds. */
#define KEYHOLDER_SEAL_SIZE (12 + 16)
/* No input may be longer. */
#define KEYHOLDER_INPUT_MAX 16384

/* Reads a private RSA key, PEM or DER, without a password. */
int keyholder_load_rsa(const char *path);

/* Makes an AES-256 key of random bits. */
int keyholder_new_aes(void);

/* Makes `pk` stand for a private RSA key, for mbedtls_ssl_conf_own_cert() and others. */
int keyholder_pk(mbedtls_pk_context *pk, int key);

/*
 * Encrypts `size` bytes with an AES key (GCM, with a nonce of its own in front). `to` has room
 * for KEYHOLDER_SEAL_SIZE bytes more, which count in what is returned.
 */
int keyholder_seal(int key, const unsigned char *from, size_t size, unsigned char *to);

/* Decrypts what keyholder_seal() made, or fails when anything else is there. */
int keyholder_unseal(int key, const unsigned char *from, size_t size, unsigned char *to);

/* For the demonstration of attacks only: where a secret prime factor of an RSA key lies. */
int keyholder_whereabouts(int key, const void **address, size_t *size);

#endif
