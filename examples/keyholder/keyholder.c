/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ordinary part of the key holder: it copies what the program wants done into the region
 * and the result out of it. Nothing here is trusted. What points to the region says so in its
 * type; the program's pointers are confined by the compiler like any others, so nobody can have
 * a key signed or the region written over.
 */
#include "keyholder.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "trusted.h"

static struct trusted_mail MEMSENTRY_REGION *mail(void)
{
    return (struct trusted_mail MEMSENTRY_REGION *)trusted_page.mail;
}

/* Up to the end of the file, through a small buffer of which nothing is left. */
int keyholder_load_rsa(const char *path)
{
    unsigned char chunk[256];
    size_t size = 0;
    ssize_t got = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return MBEDTLS_ERR_PK_FILE_IO_ERROR;
    while (size <= KEYHOLDER_INPUT_MAX - sizeof chunk &&
           (got = read(file, chunk, sizeof chunk)) > 0 && got <= (ssize_t)sizeof chunk) {
        __builtin_memcpy(mail()->input + size, chunk, sizeof chunk);
        size += (size_t)got;
    }
    explicit_bzero(chunk, sizeof chunk);
    close(file);
    return got == 0 ? trusted_load_rsa(size) : MBEDTLS_ERR_PK_FILE_IO_ERROR;
}

int keyholder_new_aes(void)
{
    return trusted_new_aes();
}

static int sign(void *key, int (*random)(void *, unsigned char *, size_t), void *context,
                int mode, mbedtls_md_type_t digest, unsigned size, const unsigned char *hash,
                unsigned char *signature)
{
    int length;

    (void)random;
    (void)context;
    if (mode != MBEDTLS_RSA_PRIVATE || size > KEYHOLDER_INPUT_MAX)
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    __builtin_memcpy(mail()->input, hash, size);
    length = trusted_rsa_sign((int)(intptr_t)key, digest, size);
    if (length < 0)
        return length;
    __builtin_memcpy(signature, mail()->output, (size_t)length);
    return 0;
}

static int decrypt(void *key, int mode, size_t *length, const unsigned char *input,
                   unsigned char *output, size_t room)
{
    int size = trusted_rsa_size((int)(intptr_t)key), status;

    if (size < 0 || mode != MBEDTLS_RSA_PRIVATE)
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    if (room > (size_t)size)
        room = (size_t)size;
    __builtin_memcpy(mail()->input, input, (size_t)size);
    status = trusted_rsa_decrypt((int)(intptr_t)key, (size_t)size, room);
    /* Whatever came out: what is copied must not tell of it. */
    __builtin_memcpy(output, mail()->output, room);
    *length = mail()->length;
    return status;
}

static size_t length(void *key)
{
    int size = trusted_rsa_size((int)(intptr_t)key);

    return size < 0 ? 0 : (size_t)size;
}

int keyholder_pk(mbedtls_pk_context *pk, int key)
{
    if (length((void *)(intptr_t)key) == 0)
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    return mbedtls_pk_setup_rsa_alt(pk, (void *)(intptr_t)key, decrypt, sign, length);
}

static int translate(int (*what)(int, size_t), size_t limit, int key, const unsigned char *from,
                     size_t size, unsigned char *to)
{
    int length;

    if (size > limit)
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    __builtin_memcpy(mail()->input, from, size);
    length = what(key, size);
    if (length > 0)
        __builtin_memcpy(to, mail()->output, (size_t)length);
    return length;
}

int keyholder_seal(int key, const unsigned char *from, size_t size, unsigned char *to)
{
    return translate(trusted_seal, KEYHOLDER_INPUT_MAX, key, from, size, to);
}

int keyholder_unseal(int key, const unsigned char *from, size_t size, unsigned char *to)
{
    return translate(trusted_unseal, TRUSTED_INPUT_MAX, key, from, size, to);
}

int keyholder_whereabouts(int key, const void **address, size_t *size)
{
    *address = trusted_whereabouts(key);
    *size = length((void *)(intptr_t)key) / 2;
    return *address ? 0 : MBEDTLS_ERR_PK_BAD_INPUT_DATA;
}
