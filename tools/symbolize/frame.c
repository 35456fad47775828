/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The lines of a report that name a place in a file, taken apart. */
#include "frame.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char summary[] = "SUMMARY: MemSentry: ";

/* Behind a prefix of `text`, or NULL. */
static const char *skip(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static size_t hex_digits(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* "    #0 0x00005581a2b3c4d5 ": what follows it, or NULL. */
static const char *parse_number(const char *line, struct frame *frame)
{
    const char *at = line + strspn(line, " ");
    char *end;

    if (at[0] != '#' || !isdigit((unsigned char)at[1]))
        return NULL;
    frame->number = (unsigned)strtoul(at + 1, &end, 10);
    at = skip(end, " 0x");
    if (at == NULL || hex_digits(at) == 0)
        return NULL;
    frame->pc = (size_t)(at - 2 - line);
    at += hex_digits(at);
    return skip(at, " ");
}

/* "+0x14d5)" from the end, because a path may contain the like. */
static const char *find_offset(const char *path, struct frame *frame)
{
    const char *found = NULL;
    char *end;

    for (const char *at = strstr(path, "+0x"); at != NULL; at = strstr(at + 1, "+0x"))
        if (hex_digits(at + 3) != 0 && at[3 + hex_digits(at + 3)] == ')')
            found = at;
    if (found == NULL)
        return NULL;
    errno = 0;
    frame->offset = strtoull(found + 3, &end, 16);
    if (errno != 0)
        return NULL;
    frame->path = path;
    frame->path_length = (size_t)(found - path);
    return end + 1;
}

bool frame_parse(const char *line, struct frame *frame)
{
    const char *at;
    const char *build_id;

    *frame = (struct frame){0};
    at = parse_number(line, frame);
    frame->numbered = at != NULL;
    if (at == NULL) {
        at = skip(line, summary);
        /* The kind of the report is one word. */
        if (at == NULL)
            return false;
        at += strcspn(at, " ");
        at = skip(at, " ");
        if (at == NULL)
            return false;
    }
    if (at[0] != '(' || at[1] != '/')
        return false;
    frame->place = (size_t)(at - line);
    at = find_offset(at + 1, frame);
    if (at == NULL)
        return false;
    build_id = skip(at, " (BuildId: ");
    if (build_id != NULL && build_id[hex_digits(build_id)] == ')') {
        frame->build_id = build_id;
        frame->build_id_length = hex_digits(build_id);
    }
    return true;
}

uint64_t frame_lookup_offset(const struct frame *frame)
{
    return frame->numbered && frame->number != 0 && frame->offset != 0 ? frame->offset - 1
                                                                       : frame->offset;
}
