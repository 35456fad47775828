/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What keyholder.c, which is confined, asks of trusted.c, which reaches the keys. */
#ifndef TRUSTED_H
#define TRUSTED_H

#include <stddef.h>

#include <mbedtls/md.h>
#include <memsentry-runtime.h>

#include "keyholder.h"

#define TRUSTED_INPUT_MAX (KEYHOLDER_INPUT_MAX + KEYHOLDER_SEAL_SIZE)

/*
 * What goes in and comes out. It lies in the region: what trusted code has checked there stays
 * as it is, and no pointer of the caller's ever gets to trusted code.
 */
struct trusted_mail {
    unsigned char input[TRUSTED_INPUT_MAX];
    unsigned char output[TRUSTED_INPUT_MAX];
    size_t length; /* of what trusted_rsa_decrypt() found */
};

/* In ordinary memory, on a page that is read-only before the first constructor runs. */
union trusted_page {
    struct {
        struct trusted_mail *mail;
        struct trusted_state *state;
        saferegion_heap *heap;
    };
    char page[4096];
};
extern union trusted_page trusted_page;

/*
 * Trusted functions. Input and output are in the mail; lengths and keys may be the attacker's.
 * They return a key or a length, or a negative error of mbed TLS's.
 */
int trusted_load_rsa(size_t size);
int trusted_new_aes(void);
int trusted_rsa_size(int key);
int trusted_rsa_sign(int key, mbedtls_md_type_t digest, size_t size);
int trusted_rsa_decrypt(int key, size_t size, size_t room); /* returns 0 */
int trusted_seal(int key, size_t size);
int trusted_unseal(int key, size_t size);
const void *trusted_whereabouts(int key);

#endif
