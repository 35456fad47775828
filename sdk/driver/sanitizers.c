/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads -fsanitize= and -fno-sanitize=, in order, and keeps the defenses for ourselves. */
#include "parse.h"

#include <string.h>

/* They own the address space, or put what they know beside what we move. */
static const char *const foreign_sanitizers[] = {"address",
                                                 "dataflow",
                                                 "fuzzer",
                                                 "fuzzer-no-link",
                                                 "hwaddress",
                                                 "kernel-address",
                                                 "kernel-hwaddress",
                                                 "kernel-memory",
                                                 "leak",
                                                 "memory",
                                                 "memtag",
                                                 "memtag-globals",
                                                 "memtag-heap",
                                                 "memtag-stack",
                                                 "numerical",
                                                 "realtime",
                                                 "scudo",
                                                 "thread",
                                                 "type"};

static void remove_sanitizer(struct strings *list, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(strchr(list->items[i], '=') + 1, name) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* One name of a list; returns whether it is a defense of ours. */
static bool set_sanitizer(struct parser *parser, const char *name, bool on)
{
    struct request *request = parser->request;
    const char *option = pool_format(parser->pool, "-fsanitize=%s", name);

    for (size_t i = 0; i < DEFENSES; i++) {
        if (strcmp(name, defenses[i].name) == 0) {
            request->defense_options[i] = on ? option : NULL;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(foreign_sanitizers); i++) {
        if (strcmp(name, foreign_sanitizers[i]) == 0) {
            remove_sanitizer(&request->sanitizers, name);
            if (on)
                strings_push(parser->pool, &request->sanitizers, option);
        }
    }
    return false;
}

void parse_sanitizers(struct parser *parser, const char *value, bool on)
{
    const char *rest = "";

    if (!on && strcmp(value, "all") == 0) {
        memset(parser->request->defense_options, 0, sizeof parser->request->defense_options);
        parser->request->sanitizers.count = 0;
    }
    while (*value != '\0') {
        size_t length = strcspn(value, ",");
        const char *name = pool_copy(parser->pool, value, length);

        if (!set_sanitizer(parser, name, on))
            rest = pool_format(parser->pool, "%s%s%s", rest, rest[0] == '\0' ? "" : ",", name);
        value += length;
        value += *value == ',';
    }
    /* Our pass lowers the defense: clang's driver would link its own runtime for it. */
    if (rest[0] != '\0')
        strings_push(parser->pool, &parser->request->hardened,
                     pool_format(parser->pool, "-f%ssanitize=%s", on ? "" : "no-", rest));
}
