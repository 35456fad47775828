/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads /proc/self/maps; see maps.h. */
#include "maps.h"

#include <string.h>

#include "kernel.h"

static const char *read_hex(const char *at, uint64_t *number)
{
    *number = 0;
    for (;; at++) {
        if (*at >= '0' && *at <= '9')
            *number = *number << 4 | (uint64_t)(*at - '0');
        else if (*at >= 'a' && *at <= 'f')
            *number = *number << 4 | (uint64_t)(*at - 'a' + 10);
        else
            return at;
    }
}

/* The blank behind the field that starts behind the blank at `at`. */
static const char *skip_field(const char *at)
{
    const char *next = *at != '\0' ? strchr(at + 1, ' ') : NULL;
    return next != NULL ? next : "";
}

/* "start-end perms offset device inode   path" */
static void parse_line(const char *line, struct mapping *mapping)
{
    const char *at = read_hex(line, &mapping->start);
    at = read_hex(at + (*at == '-'), &mapping->end);
    mapping->readable = at[0] == ' ' && at[1] == 'r';
    mapping->executable = mapping->readable && at[3] == 'x';
    at = skip_field(at);
    at = read_hex(at + (*at == ' '), &mapping->offset);
    at = skip_field(skip_field(at));
    at += strspn(at, " ");
    size_t length = strnlen(at, sizeof mapping->path - 1);
    memcpy(mapping->path, at, length);
    mapping->path[length] = '\0';
}

bool maps_find(bool (*visit)(const struct mapping *mapping, void *closure), void *closure)
{
    long fd = kernel_open_read("/proc/self/maps");
    if (fd < 0)
        return false;
    bool found = false;
    /* A line is at most a path of PATH_MAX, escaped; longer ones lose their end. */
    char line[1024];
    size_t length = 0;
    char block[1024];
    long got;
    while (!found && (got = kernel_read((int)fd, block, sizeof block)) > 0) {
        for (long i = 0; i < got && !found; i++) {
            if (block[i] != '\n') {
                if (length < sizeof line - 1)
                    line[length++] = block[i];
                continue;
            }
            line[length] = '\0';
            length = 0;
            struct mapping mapping;
            parse_line(line, &mapping);
            found = visit(&mapping, closure);
        }
    }
    kernel_close((int)fd);
    return found;
}
