/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The trusted part of the key holder: parts of mbed TLS and what leads to them, in one
 * translation unit, so that everything but its entrances is known to be called from here only.
 *
 * Trusted code must not call functions of libc with memory of the region: domain backends close
 * the domain around calls. What the compiler has itself (memcpy, memset, memmove) is no call.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <memsentry-runtime.h>

/*
 * All functions from here on are trusted, those of mbed TLS too, which its files declare a
 * second time. They are seen from here only: the program may be linked with mbed TLS as it is,
 * and what nobody calls is not there.
 */
#pragma clang attribute push(MEMSENTRY_SAFE, apply_to = function)
#pragma clang attribute push(__attribute__((internal_linkage)), apply_to = function)
#include "embedded.h"
#pragma clang attribute pop

#include "trusted.h"

#define KEYS_MAX 8
#define AES_BITS 256
#define NONCE_SIZE 12
#define TAG_SIZE 16
_Static_assert(NONCE_SIZE + TAG_SIZE == KEYHOLDER_SEAL_SIZE, "what keyholder.h says");

/* Leaves nothing in the registers that a caller may look into. */
#define ENTRANCE __attribute__((zero_call_used_regs("all")))

struct key {
    enum { KEY_NONE, KEY_RSA, KEY_AES } kind;
    mbedtls_pk_context rsa;
    mbedtls_gcm_context aes;
    uint64_t sealed; /* how often */
};

struct trusted_state {
    struct key keys[KEYS_MAX];
};

__attribute__((aligned(4096))) union trusted_page trusted_page;

static void *trusted_calloc(size_t count, size_t size)
{
    return saferegion_heap_calloc(trusted_page.heap, count, size);
}

static void trusted_free(void *block)
{
    saferegion_heap_free(trusted_page.heap, block);
}

void mbedtls_platform_zeroize(void *from, size_t size)
{
    memset(from, 0, size);
    /* The compiler must believe that somebody looks. */
    __asm__ volatile("" : : "r"(from) : "memory");
}

/* What was spilled to the stack: at most as deep as mbed TLS's frames go. */
static void wipe_stack(void)
{
    char dead[16384];

    mbedtls_platform_zeroize(dead, sizeof dead);
}

/* The kernel cannot write to the region while the domain is closed. */
static int random_bytes(void *context, unsigned char *to, size_t size)
{
    unsigned char chunk[64];
    size_t part;

    (void)context;
    for (; size; to += part, size -= part) {
        part = size < sizeof chunk ? size : sizeof chunk;
        if (getrandom(chunk, part, 0) != (ssize_t)part)
            return MBEDTLS_ERR_RSA_RNG_FAILED;
        memcpy(to, chunk, part);
    }
    mbedtls_platform_zeroize(chunk, sizeof chunk);
    return 0;
}

/* The number may be anything. */
static struct key *find_key(int number, int kind)
{
    struct key *key;

    if (number < 1 || number > KEYS_MAX)
        return NULL;
    key = &trusted_page.state->keys[number - 1];
    return (int)key->kind == kind ? key : NULL;
}

static int number_of(const struct key *key)
{
    return (int)(key - trusted_page.state->keys) + 1;
}

ENTRANCE int trusted_load_rsa(size_t size)
{
    unsigned char *text = trusted_page.mail->input;
    struct key *key = NULL;
    int status;

    if (size > KEYHOLDER_INPUT_MAX)
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    for (int i = 1; !key && i <= KEYS_MAX; i++)
        key = find_key(i, KEY_NONE);
    if (!key)
        return MBEDTLS_ERR_PK_ALLOC_FAILED;
    text[size] = '\0'; /* PEM is a string */
    mbedtls_pk_init(&key->rsa);
    status = mbedtls_pk_parse_key(&key->rsa, text, size + 1, NULL, 0);
    if (status == MBEDTLS_ERR_PK_KEY_INVALID_FORMAT)
        status = mbedtls_pk_parse_key(&key->rsa, text, size, NULL, 0);
    mbedtls_platform_zeroize(text, size);
    if (status == 0)
        key->kind = KEY_RSA;
    wipe_stack();
    return status ? status : number_of(key);
}

ENTRANCE int trusted_new_aes(void)
{
    unsigned char *bits = trusted_page.mail->input;
    struct key *key = NULL;
    int status;

    for (int i = 1; !key && i <= KEYS_MAX; i++)
        key = find_key(i, KEY_NONE);
    if (!key)
        return MBEDTLS_ERR_PK_ALLOC_FAILED;
    mbedtls_gcm_init(&key->aes);
    status = random_bytes(NULL, bits, AES_BITS / 8);
    if (status == 0)
        status = mbedtls_gcm_setkey(&key->aes, MBEDTLS_CIPHER_ID_AES, bits, AES_BITS);
    mbedtls_platform_zeroize(bits, AES_BITS / 8);
    if (status == 0)
        key->kind = KEY_AES;
    wipe_stack();
    return status ? status : number_of(key);
}

ENTRANCE int trusted_rsa_size(int number)
{
    struct key *key = find_key(number, KEY_RSA);

    return key ? (int)mbedtls_pk_get_len(&key->rsa) : MBEDTLS_ERR_PK_BAD_INPUT_DATA;
}

ENTRANCE int trusted_rsa_sign(int number, mbedtls_md_type_t digest, size_t size)
{
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(digest);
    struct key *key = find_key(number, KEY_RSA);
    int status;

    /* mbed TLS takes as many bytes as the digest has: none that are not of this call. */
    if (!key || size > KEYHOLDER_INPUT_MAX ||
        (digest != MBEDTLS_MD_NONE && (!info || size != mbedtls_md_get_size(info))))
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    status = mbedtls_rsa_pkcs1_sign(mbedtls_pk_rsa(key->rsa), random_bytes, NULL,
                                    MBEDTLS_RSA_PRIVATE, digest, (unsigned)size,
                                    trusted_page.mail->input, trusted_page.mail->output);
    wipe_stack();
    return status ? status : (int)mbedtls_pk_get_len(&key->rsa);
}

/* What fails and how long the result is must not show in the time that it takes. */
ENTRANCE int trusted_rsa_decrypt(int number, size_t size, size_t room)
{
    struct trusted_mail *mail = trusted_page.mail;
    struct key *key = find_key(number, KEY_RSA);
    int status;

    if (!key || size != mbedtls_pk_get_len(&key->rsa) || room > sizeof mail->output)
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    memset(mail->output, 0, room);
    mail->length = 0;
    status = mbedtls_rsa_pkcs1_decrypt(mbedtls_pk_rsa(key->rsa), random_bytes, NULL,
                                       MBEDTLS_RSA_PRIVATE, &mail->length, mail->input,
                                       mail->output, room);
    wipe_stack();
    return status;
}

/* A nonce is the number of what has been sealed: it never comes again with the same key. */
ENTRANCE int trusted_seal(int number, size_t size)
{
    unsigned char *nonce = trusted_page.mail->output, *to = nonce + NONCE_SIZE;
    struct key *key = find_key(number, KEY_AES);
    int status;

    if (!key || size > KEYHOLDER_INPUT_MAX || key->sealed == UINT64_MAX)
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    memset(nonce, 0, NONCE_SIZE);
    key->sealed++;
    memcpy(nonce, &key->sealed, sizeof key->sealed);
    status =
        mbedtls_gcm_crypt_and_tag(&key->aes, MBEDTLS_GCM_ENCRYPT, size, nonce, NONCE_SIZE, NULL,
                                  0, trusted_page.mail->input, to, TAG_SIZE, to + size);
    wipe_stack();
    return status ? status : (int)(NONCE_SIZE + size + TAG_SIZE);
}

ENTRANCE int trusted_unseal(int number, size_t size)
{
    const unsigned char *nonce = trusted_page.mail->input, *from = nonce + NONCE_SIZE;
    struct key *key = find_key(number, KEY_AES);
    int status;

    if (!key || size < NONCE_SIZE + TAG_SIZE || size > TRUSTED_INPUT_MAX)
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    size -= NONCE_SIZE + TAG_SIZE;
    status = mbedtls_gcm_auth_decrypt(&key->aes, size, nonce, NONCE_SIZE, NULL, 0, from + size,
                                      TAG_SIZE, from, trusted_page.mail->output);
    wipe_stack();
    return status ? status : (int)size;
}

ENTRANCE const void *trusted_whereabouts(int number)
{
    struct key *key = find_key(number, KEY_RSA);

    return key ? mbedtls_pk_rsa(key->rsa)->P.p : NULL;
}

/*
 * Before the first constructor of the program. Who could change the page later would choose
 * where trusted code writes.
 */
static void start(void)
{
    trusted_page.heap = saferegion_heap_create(1 << 20, "keyholder");
    if (trusted_page.heap) {
        trusted_page.mail = trusted_calloc(1, sizeof *trusted_page.mail);
        trusted_page.state = trusted_calloc(1, sizeof *trusted_page.state);
    }
    if (!trusted_page.mail || !trusted_page.state ||
        mprotect(&trusted_page, sizeof trusted_page, PROT_READ) != 0)
        abort();
}

#pragma clang attribute pop

__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = start;
