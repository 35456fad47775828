/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A TLS server on the loopback interface with a bug: server [-s] PORT CERTIFICATE KEY [COUNT].
 * It answers COUNT connections, one after the other. With -s mbed TLS keeps the keys itself, as
 * it always does; else the key holder does. Requests are those of HTTP:
 *
 *   /                   what kind of server this is
 *   /where              where a prime factor of the private key lies, and its size
 *   /peek/ADDRESS/SIZE  the bug: memory, in hexadecimal
 *   /sign/ADDRESS       another: a signature of 32 bytes of memory, which tells what they are
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/rsa.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>

#include "keyholder.h"

/* A stock build is without the key holder. */
#pragma weak keyholder_load_rsa
#pragma weak keyholder_new_aes
#pragma weak keyholder_pk
#pragma weak keyholder_seal
#pragma weak keyholder_unseal
#pragma weak keyholder_whereabouts

#define TICKET_SECONDS 3600

static struct {
    int stock;
    int key, ticket_key; /* in the key holder */
    mbedtls_pk_context pk;
    mbedtls_ssl_ticket_context tickets; /* of mbed TLS's own */
    mbedtls_x509_crt certificate;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_config config;
} server;

static void must(const char *what, int status)
{
    char text[128];

    if (status >= 0)
        return;
    mbedtls_strerror(status, text, sizeof text);
    fprintf(stderr, "server: %s: %s\n", what, text);
    exit(1);
}

static int write_ticket(void *context, const mbedtls_ssl_session *session, unsigned char *start,
                        const unsigned char *end, size_t *length, uint32_t *seconds)
{
    unsigned char plain[KEYHOLDER_INPUT_MAX];
    size_t size;
    int status = mbedtls_ssl_session_save(session, plain, sizeof plain, &size);

    (void)context;
    if (status)
        return status;
    if (size + KEYHOLDER_SEAL_SIZE > (size_t)(end - start))
        return MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL;
    status = keyholder_seal(server.ticket_key, plain, size, start);
    mbedtls_platform_zeroize(plain, size);
    if (status < 0)
        return status;
    *length = (size_t)status;
    *seconds = TICKET_SECONDS;
    return 0;
}

static int parse_ticket(void *context, mbedtls_ssl_session *session, unsigned char *ticket,
                        size_t length)
{
    unsigned char plain[KEYHOLDER_INPUT_MAX + KEYHOLDER_SEAL_SIZE];
    int size = keyholder_unseal(server.ticket_key, ticket, length, plain);
    int status;

    (void)context;
    if (size < 0)
        return MBEDTLS_ERR_SSL_INVALID_MAC;
    status = mbedtls_ssl_session_load(session, plain, (size_t)size);
    mbedtls_platform_zeroize(plain, (size_t)size);
    if (status == 0 && time(NULL) - session->start > TICKET_SECONDS)
        return MBEDTLS_ERR_SSL_SESSION_TICKET_EXPIRED;
    return status;
}

static void load_keys(const char *path)
{
    mbedtls_pk_init(&server.pk);
    mbedtls_ssl_ticket_init(&server.tickets);
    if (server.stock) {
        must(path, mbedtls_pk_parse_keyfile(&server.pk, path, NULL));
        must("ticket key",
             mbedtls_ssl_ticket_setup(&server.tickets, mbedtls_ctr_drbg_random, &server.random,
                                      MBEDTLS_CIPHER_AES_256_GCM, TICKET_SECONDS));
        mbedtls_ssl_conf_session_tickets_cb(&server.config, mbedtls_ssl_ticket_write,
                                            mbedtls_ssl_ticket_parse, &server.tickets);
        return;
    }
    server.key = keyholder_load_rsa(path);
    must(path, server.key);
    must(path, keyholder_pk(&server.pk, server.key));
    server.ticket_key = keyholder_new_aes();
    must("ticket key", server.ticket_key);
    mbedtls_ssl_conf_session_tickets_cb(&server.config, write_ticket, parse_ticket, NULL);
}

static void prepare(const char *certificate, const char *key)
{
    mbedtls_x509_crt_init(&server.certificate);
    mbedtls_entropy_init(&server.entropy);
    mbedtls_ctr_drbg_init(&server.random);
    mbedtls_ssl_config_init(&server.config);
    must("random numbers",
         mbedtls_ctr_drbg_seed(&server.random, mbedtls_entropy_func, &server.entropy, NULL, 0));
    must(certificate, mbedtls_x509_crt_parse_file(&server.certificate, certificate));
    must("configuration",
         mbedtls_ssl_config_defaults(&server.config, MBEDTLS_SSL_IS_SERVER,
                                     MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_rng(&server.config, mbedtls_ctr_drbg_random, &server.random);
    load_keys(key);
    must("certificate",
         mbedtls_ssl_conf_own_cert(&server.config, &server.certificate, &server.pk));
}

/* Bug: anybody may ask for any of it. */
static void peek(const unsigned char *from, size_t size, char *to)
{
    while (size--)
        to += sprintf(to, "%02x", *from++);
}

static void answer(const char *request, char *text, size_t room)
{
    unsigned char signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
    const void *address;
    uint64_t from;
    size_t size;

    if (sscanf(request, "GET /peek/%" SCNx64 "/%zu", &from, &size) == 2 && size < room / 2) {
        peek((const unsigned char *)from, size, text);
    } else if (sscanf(request, "GET /sign/%" SCNx64, &from) == 1) {
        must("signature",
             mbedtls_pk_sign(&server.pk, MBEDTLS_MD_SHA256, (const unsigned char *)from, 32,
                             signature, &size, mbedtls_ctr_drbg_random, &server.random));
        peek(signature, size, text);
    } else if (strncmp(request, "GET /where", 10) == 0) {
        if (server.stock) {
            address = mbedtls_pk_rsa(server.pk)->P.p;
            size = mbedtls_pk_get_len(&server.pk) / 2;
        } else {
            must("where", keyholder_whereabouts(server.key, &address, &size));
        }
        snprintf(text, room, "%" PRIx64 "/%zu", (uint64_t)(uintptr_t)address, size);
    } else {
        snprintf(text, room, "%s",
                 server.stock ? "keys of mbed TLS" : "keys of the key holder");
    }
}

static int serve(mbedtls_ssl_context *ssl)
{
    char request[4096], text[4096] = "", reply[5000];
    int status, length;

    while ((status = mbedtls_ssl_handshake(ssl)) != 0) {
        if (status != MBEDTLS_ERR_SSL_WANT_READ && status != MBEDTLS_ERR_SSL_WANT_WRITE)
            return status;
    }
    length = mbedtls_ssl_read(ssl, (unsigned char *)request, sizeof request - 1);
    if (length <= 0)
        return length;
    request[length] = '\0';
    answer(request, text, sizeof text);
    length = snprintf(reply, sizeof reply, "HTTP/1.0 200 OK\r\n\r\nanswer: %s\n", text);
    status = mbedtls_ssl_write(ssl, (unsigned char *)reply, (size_t)length);
    mbedtls_ssl_close_notify(ssl);
    return status;
}

int main(int count, char **arguments)
{
    mbedtls_net_context listener, connection;
    mbedtls_ssl_context ssl;
    long connections;

    server.stock = count > 1 && strcmp(arguments[1], "-s") == 0;
    arguments += server.stock;
    count -= server.stock;
    if (count < 4) {
        fprintf(stderr, "usage: server [-s] PORT CERTIFICATE KEY [COUNT]\n");
        return 2;
    }
    connections = count > 4 ? atol(arguments[4]) : -1;
    prepare(arguments[2], arguments[3]);
    mbedtls_net_init(&listener);
    must(arguments[1],
         mbedtls_net_bind(&listener, "127.0.0.1", arguments[1], MBEDTLS_NET_PROTO_TCP));
    printf("ready\n");
    fflush(stdout);
    while (connections-- != 0) {
        mbedtls_net_init(&connection);
        mbedtls_ssl_init(&ssl);
        must("connection", mbedtls_ssl_setup(&ssl, &server.config));
        must("connection", mbedtls_net_accept(&listener, &connection, NULL, 0, NULL));
        mbedtls_ssl_set_bio(&ssl, &connection, mbedtls_net_send, mbedtls_net_recv, NULL);
        if (serve(&ssl) < 0)
            fprintf(stderr, "server: a connection failed\n");
        mbedtls_net_free(&connection);
        mbedtls_ssl_free(&ssl);
    }
    return 0;
}
