/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the smaps file of a process. */
#include "process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memsentry/layout.h"

struct mapping {
    uint64_t start, end;
    char access[5];
    int path; /* where in the line it begins */
};

struct progress {
    struct pool *pool;
    struct layout *layout;
    struct strings *files;
    struct mapping mapping;
    uint64_t arenas_end; /* how far from their start there are no holes */
    uint64_t guard_end;
    bool unsealed;
};

static void add_file(struct progress *progress, const char *path)
{
    for (size_t i = 0; i < progress->files->count; i++)
        if (strcmp(progress->files->items[i], path) == 0)
            return;
    strings_push(progress->pool, progress->files,
                 pool_copy(progress->pool, path, strlen(path)));
}

/* Extends [.., *end) by the mapping where they touch. */
static void extend(uint64_t *end, const struct mapping *mapping)
{
    if (mapping->start <= *end && mapping->end > *end)
        *end = mapping->end;
}

static void read_mapping(struct progress *progress, const char *path)
{
    const struct mapping *mapping = &progress->mapping;

    if (path[0] == '/' && mapping->access[2] == 'x')
        add_file(progress, path);
    /* Only anonymous memory is the runtime's. */
    if (path[0] != '\0')
        return;
    if (mapping->access[2] != 'x')
        extend(&progress->arenas_end, mapping);
    if (strncmp(mapping->access, "---", 3) == 0)
        extend(&progress->guard_end, mapping);
}

static void read_flags(struct progress *progress, const char *flags)
{
    const struct mapping *mapping = &progress->mapping;

    if (mapping->start < MEMSENTRY_SPLIT && mapping->end > MEMSENTRY_ARENAS_START)
        progress->unsealed |= strstr(flags, " sl") == NULL;
}

int process_read(struct pool *pool, FILE *smaps, struct layout *layout, struct strings *files)
{
    struct progress progress = {.pool = pool,
                                .layout = layout,
                                .files = files,
                                .arenas_end = MEMSENTRY_ARENAS_START,
                                .guard_end = MEMSENTRY_LOWER_GUARD_START};
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, smaps)) > 0) {
        struct mapping found = {0};

        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %n", &found.start, &found.end,
                   found.access, &found.path) == 3 &&
            found.path != 0) {
            progress.mapping = found;
            read_mapping(&progress, line + found.path);
        } else if (strncmp(line, "VmFlags:", strlen("VmFlags:")) == 0) {
            read_flags(&progress, line);
        }
    }
    free(line);
    if (ferror(smaps))
        return -EIO;
    layout->arenas = progress.arenas_end >= MEMSENTRY_ARENAS_END;
    layout->guard = progress.guard_end >= MEMSENTRY_SPLIT;
    layout->sealed = layout->arenas && layout->guard && !progress.unsealed;
    return pool->error;
}
