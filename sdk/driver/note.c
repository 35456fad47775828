/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the text of an object's note. */
#include "note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

int note_parse(struct pool *pool, const char *text, struct note *note)
{
    const char *abi = NULL;
    const struct {
        const char *key;
        const char **value;
    } fields[] = {{"abi=", &abi},
                  {"backend=", &note->backend},
                  {"mode=", &note->mode},
                  {"defenses=", &note->defenses},
                  {"gates=", &note->gates},
                  {"compiler=", &note->compiler},
                  {"version=", &note->version}};
    char *end;

    *note = (struct note){0};
    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            size_t key = strlen(fields[i].key);

            if (starts_with(text, fields[i].key) && length > key && *fields[i].value == NULL)
                *fields[i].value = pool_copy(pool, text + key, length - key);
        }
        text += length;
        text += strspn(text, " ");
    }
    if (abi == NULL || note->backend == NULL || note->mode == NULL || note->defenses == NULL)
        return pool->error != 0 ? pool->error : -EINVAL;
    note->abi = strtoul(abi, &end, 10);
    if (*end != '\0')
        return -EINVAL;
    return pool->error;
}

const char *note_options(struct pool *pool, const struct note *note)
{
    const char *options =
        pool_format(pool, "-fmemsentry=%s -fmemsentry-rw=%s", note->backend, note->mode);

    if (note->gates != NULL)
        options = pool_format(pool, "%s -fmemsentry-mpk-%s", options, note->gates);
    if (strcmp(note->defenses, "-") == 0)
        return options;
    for (const char *list = note->defenses; *list != '\0';) {
        size_t length = strcspn(list, ",");
        const char *name = pool_copy(pool, list, length);

        options = defense_is_prebuilt(name)
                      ? pool_format(pool, "%s -fsanitize=%s", options, name)
                      : pool_format(pool, "%s -fmemsentry-defense=<%s>", options, name);
        list += length;
        list += *list == ',';
    }
    return options;
}
