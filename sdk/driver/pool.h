/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Strings and lists that live until the driver execs: allocated one by one, freed all at once.
 *
 * A failed allocation is remembered in `error` and answered with an empty string, so that
 * callers test once, at the end.
 */
#ifndef MEMSENTRY_DRIVER_POOL_H
#define MEMSENTRY_DRIVER_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_block;

struct pool {
    struct pool_block *blocks;
    int error; /* 0 or -ENOMEM */
};

struct strings {
    const char **items; /* NULL-terminated once something was pushed */
    size_t count;
    size_t room;
};

void *pool_alloc(struct pool *pool, size_t size);
const char *pool_copy(struct pool *pool, const char *text, size_t length);
const char *pool_format(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pool_free(struct pool *pool);

void strings_push(struct pool *pool, struct strings *list, const char *item);
void strings_append(struct pool *pool, struct strings *list, const struct strings *more);

bool starts_with(const char *text, const char *prefix);

#endif
