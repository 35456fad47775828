/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parses MEMSENTRY_OPTIONS; see options.h. */
#include "options.h"

#include <string.h>

static const struct {
    const char *name, *summary;
    size_t offset;
} table[] = {
#define MEMSENTRY_OPTION(name, summary) {#name, summary, offsetof(struct options, name)},
#include "options.def"
};
#define OPTIONS (sizeof table / sizeof *table)

static bool fail(struct text *error, const char *what, const char *item, size_t length)
{
    text_put(error, what);
    text_put(error, " '");
    text_put_bytes(error, item, length < 64 ? length : 64);
    text_put(error,
             "' in MEMSENTRY_OPTIONS; the form is name=0 or name=1, separated by ':', and "
             "the names are");
    for (size_t i = 0; i < OPTIONS; i++) {
        text_put(error, i == 0 ? " " : ", ");
        text_put(error, table[i].name);
    }
    return false;
}

static bool parse_item(struct options *options, const char *item, size_t length,
                       struct text *error)
{
    const char *equals = memchr(item, '=', length);
    size_t name_length = equals != NULL ? (size_t)(equals - item) : length;
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!text_equal(item, name_length, table[i].name))
            continue;
        if (equals == NULL || length != name_length + 2 ||
            (equals[1] != '0' && equals[1] != '1'))
            return fail(error, "invalid value", item, length);
        *(bool *)((char *)options + table[i].offset) = equals[1] == '1';
        return true;
    }
    return fail(error, "unknown option", item, name_length);
}

bool options_parse(struct options *options, const char *string, struct text *error)
{
    while (*string != '\0') {
        size_t length = strcspn(string, ":");
        if (length != 0 && !parse_item(options, string, length, error))
            return false;
        string += length;
        string += *string == ':';
    }
    return true;
}

void options_help(struct text *text)
{
    text_put(text, "MemSentry options (MEMSENTRY_OPTIONS=name=value:...):\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        text_put(text, "  ");
        text_put(text, table[i].name);
        text_put(text, "=0|1  ");
        text_put(text, table[i].summary);
        text_put(text, "\n");
    }
}
