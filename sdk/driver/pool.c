/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Strings and lists that live until the driver execs. */
#include "pool.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pool_block {
    struct pool_block *next;
    max_align_t data[];
};

void *pool_alloc(struct pool *pool, size_t size)
{
    struct pool_block *block = malloc(sizeof *block + size);

    if (block == NULL) {
        pool->error = -ENOMEM;
        return NULL;
    }
    block->next = pool->blocks;
    pool->blocks = block;
    return block->data;
}

const char *pool_copy(struct pool *pool, const char *text, size_t length)
{
    char *copy = pool_alloc(pool, length + 1);

    if (copy == NULL)
        return "";
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const char *pool_format(struct pool *pool, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    const char *copy;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text == NULL) {
        pool->error = -ENOMEM;
        return "";
    }
    copy = pool_copy(pool, text, strlen(text));
    free(text);
    return copy;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks != NULL) {
        struct pool_block *next = pool->blocks->next;

        free(pool->blocks);
        pool->blocks = next;
    }
}

void strings_push(struct pool *pool, struct strings *list, const char *item)
{
    if (list->count + 2 > list->room) {
        size_t room = list->room == 0 ? 32 : 2 * list->room;
        const char **items = pool_alloc(pool, room * sizeof *items);

        if (items == NULL)
            return;
        if (list->count != 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

void strings_append(struct pool *pool, struct strings *list, const struct strings *more)
{
    for (size_t i = 0; i < more->count; i++)
        strings_push(pool, list, more->items[i]);
}

bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}
