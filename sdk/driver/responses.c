/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Response files: reads what clang would read, so that no option of ours hides in one. */
#include "responses.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The files that are being read, innermost first. */
struct open_file {
    const struct open_file *outer;
    dev_t device;
    ino_t inode;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void responses_split(struct pool *pool, const char *text, size_t length, struct strings *out)
{
    char *token = pool_alloc(pool, length + 1);
    size_t used = 0;
    char quote = '\0';

    if (token == NULL)
        return;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '\\' && i + 1 < length) {
            token[used++] = text[++i];
        } else if (quote != '\0') {
            if (c == quote)
                quote = '\0';
            else
                token[used++] = c;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (!is_space(c)) {
            token[used++] = c;
        } else if (used != 0) {
            strings_push(pool, out, pool_copy(pool, token, used));
            used = 0;
        }
    }
    /* As in LLVM, an empty quoted argument is no argument. */
    if (used != 0)
        strings_push(pool, out, pool_copy(pool, token, used));
}

static char *read_all(struct pool *pool, FILE *file, size_t *length)
{
    size_t room = 4096;
    char *text = NULL;

    *length = 0;
    for (;;) {
        char *larger = realloc(text, room);

        if (larger == NULL) {
            pool->error = -ENOMEM;
            break;
        }
        text = larger;
        *length += fread(text + *length, 1, room - *length, file);
        if (*length < room)
            break;
        room *= 2;
    }
    return text;
}

static bool includes_itself(const struct open_file *file)
{
    for (const struct open_file *outer = file->outer; outer != NULL; outer = outer->outer)
        if (outer->device == file->device && outer->inode == file->inode)
            return true;
    return false;
}

static void expand(struct pool *pool, const struct strings *arguments, struct strings *out,
                   const struct open_file *outer);

/* False, with nothing appended, when there is no such file. */
static bool expand_file(struct pool *pool, const char *path, struct strings *out,
                        const struct open_file *outer)
{
    FILE *file = fopen(path, "re");
    struct open_file self = {.outer = outer};
    struct strings inner = {0};
    struct stat status;
    size_t length;
    char *text = NULL;

    if (file == NULL)
        return false;
    if (fstat(fileno(file), &status) == 0 && !S_ISDIR(status.st_mode)) {
        self.device = status.st_dev;
        self.inode = status.st_ino;
        if (!includes_itself(&self))
            text = read_all(pool, file, &length);
    }
    fclose(file);
    if (text == NULL)
        return false;
    responses_split(pool, text, length, &inner);
    free(text);
    expand(pool, &inner, out, &self);
    return true;
}

static void expand(struct pool *pool, const struct strings *arguments, struct strings *out,
                   const struct open_file *outer)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const char *argument = arguments->items[i];

        if (argument[0] != '@' || !expand_file(pool, argument + 1, out, outer))
            strings_push(pool, out, argument);
    }
}

void responses_expand(struct pool *pool, const struct strings *arguments, struct strings *out)
{
    expand(pool, arguments, out, NULL);
}

const char *responses_quote(struct pool *pool, const struct strings *arguments, size_t *length)
{
    size_t room = 1;
    size_t used = 0;
    char *text;

    for (size_t i = 0; i < arguments->count; i++)
        room += 2 * strlen(arguments->items[i]) + 1;
    text = pool_alloc(pool, room);
    *length = 0;
    if (text == NULL)
        return "";
    for (size_t i = 0; i < arguments->count; i++) {
        for (const char *c = arguments->items[i]; *c != '\0'; c++) {
            if (is_space(*c) || *c == '\\' || *c == '\'' || *c == '"')
                text[used++] = '\\';
            text[used++] = *c;
        }
        text[used++] = '\n';
    }
    text[used] = '\0';
    *length = used;
    return text;
}
