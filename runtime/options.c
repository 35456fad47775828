/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parses MEMSENTRY_OPTIONS; see options.h. */
#include "options.h"

#include <string.h>

enum kind { FLAG, NUMBER };

static const struct {
    const char *name, *summary;
    enum kind kind;
    size_t offset;
} table[] = {
#define MEMSENTRY_OPTION(name, kind, summary)                                                  \
    {#name, summary, kind, offsetof(struct options, name)},
#include "options.def"
};
#define OPTIONS (sizeof table / sizeof *table)

static const char *const forms[] = {[FLAG] = "=0|1", [NUMBER] = "=N"};

static bool fail(struct text *error, const char *what, const char *item, size_t length)
{
    text_put(error, what);
    text_put(error, " '");
    text_put_bytes(error, item, length < 64 ? length : 64);
    text_put(error,
             "' in MEMSENTRY_OPTIONS; options are separated by ':' and these are known:");
    for (size_t i = 0; i < OPTIONS; i++) {
        text_put(error, i == 0 ? " " : ", ");
        text_put(error, table[i].name);
        text_put(error, forms[table[i].kind]);
    }
    return false;
}

static bool parse_value(enum kind kind, const char *string, size_t length, uint32_t *value)
{
    uint32_t number = 0;
    for (size_t i = 0; i < length; i++) {
        if (string[i] < '0' || string[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(string[i] - '0');
        if (i == 6)
            return false;
    }
    *value = number;
    return length != 0 && (kind == NUMBER || (length == 1 && number <= 1));
}

static bool parse_item(struct options *options, const char *item, size_t length,
                       struct text *error)
{
    const char *equals = memchr(item, '=', length);
    size_t name_length = equals != NULL ? (size_t)(equals - item) : length;
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!text_equal(item, name_length, table[i].name))
            continue;
        uint32_t value;
        if (equals == NULL ||
            !parse_value(table[i].kind, equals + 1, length - name_length - 1, &value))
            return fail(error, "invalid value", item, length);
        *(uint32_t *)((char *)options + table[i].offset) = value;
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
        text_put(text, forms[table[i].kind]);
        text_put(text, "  ");
        text_put(text, table[i].summary);
        text_put(text, "\n");
    }
}
