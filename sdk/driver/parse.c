/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the command line into a struct request. */
#include "request.h"

#include <errno.h>
#include <string.h>

#include "nearest.h"

enum kind { FLAG, JOINED, SEPARATE };

enum action {
    ACTION_BACKEND,
    ACTION_NO_MEMSENTRY,
    ACTION_RW,
    ACTION_SECTION,
    ACTION_VERIFY,
    ACTION_NO_VERIFY,
    ACTION_PRINT_BACKENDS,
    ACTION_MISSPELT,
    ACTION_WARNING_OPTION,
    ACTION_QUIET_UNUSED,
    ACTION_NO_WARNINGS,
    ACTION_COLOUR_ALWAYS,
    ACTION_COLOUR_NEVER,
    ACTION_COLOUR_AUTO,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_VERBOSE,
    ACTION_SANITIZE,
    ACTION_NO_SANITIZE,
    ACTION_TARGET,
    ACTION_LANGUAGE,
    ACTION_LINKER_INPUT,
    ACTION_LINKER_WORDS,
    ACTION_SHARED,
    ACTION_RELOCATABLE,
    ACTION_NO_LINK,
    ACTION_PIC,
    ACTION_CONFLICT,
    ACTION_VALUE, /* of an option that takes_value[] lists */
};

struct option {
    const char *spelling;
    enum kind kind;
    enum action action;
    bool own;
    enum conflict conflict;
    bool set;
};

static const struct option options[] = {
#define OWN(spelling, kind, action, metavariable, help)                                        \
    {spelling, kind, ACTION_##action, true, 0, 0},
#define CLANG(spelling, kind, action) {spelling, kind, ACTION_##action, false, 0, 0},
#define CONFLICT(spelling, kind, conflict, set)                                                \
    {spelling, kind, ACTION_CONFLICT, false, CONFLICT_##conflict, set},
#include "options.def"
};

static const char *const takes_value[] = {
#include "values.def"
};

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

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct parser {
    struct pool *pool;
    struct request *request;
    bool headers;  /* -x names a kind of header */
    bool language; /* -x names something */
};

static int fail(struct parser *parser, const char *message)
{
    if (parser->request->error == NULL)
        parser->request->error = message;
    return -EINVAL;
}

static const struct option value_option = {"", SEPARATE, ACTION_VALUE, false, 0, 0};

/* Of equal spellings the first fits: SEPARATE stands before JOINED in the list. */
static const struct option *find_option(const char *argument)
{
    const struct option *best = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < COUNT(options); i++) {
        size_t length = strlen(options[i].spelling);

        if (length > longest && starts_with(argument, options[i].spelling) &&
            (options[i].kind == JOINED || argument[length] == '\0')) {
            best = &options[i];
            longest = length;
        }
    }
    /* A prefix such as -l must not hide -lazy_library; an exact spelling is always longer. */
    if (best == NULL || argument[longest] != '\0') {
        for (size_t i = 0; i < COUNT(takes_value); i++)
            if (strcmp(argument, takes_value[i]) == 0)
                return &value_option;
        if (starts_with(argument, "-Xarch_") || starts_with(argument, "-Xopenmp-target="))
            return &value_option;
    }
    return best;
}

static int parse_backend(struct parser *parser, const char *argument, const char *value)
{
    const char *names[BACKENDS];
    const char *near;

    for (size_t i = 0; i < BACKENDS; i++) {
        names[i] = backends[i].name;
        if (strcmp(value, names[i]) == 0) {
            parser->request->backend = &backends[i];
            parser->request->backend_option = argument;
            parser->request->off = false;
            return 0;
        }
    }
    if (value[0] == '\0')
        return fail(parser,
                    pool_format(parser->pool, "missing value in '%s'; choose one of: %s",
                                argument, backend_list(parser->pool, NEEDS_ANY, true)));
    near = nearest(value, names, BACKENDS);
    if (near != NULL)
        return fail(parser,
                    pool_format(parser->pool, "invalid value '%s' in '%s'; did you mean '%s'?",
                                value, argument, near));
    return fail(parser,
                pool_format(parser->pool, "invalid value '%s' in '%s'; choose one of: %s",
                            value, argument, backend_list(parser->pool, NEEDS_ANY, true)));
}

static int parse_mode(struct parser *parser, const char *argument, const char *value)
{
    for (enum mode mode = MODE_R; mode <= MODE_RW; mode++) {
        if (strcmp(value, mode_names[mode]) == 0) {
            parser->request->mode = mode;
            parser->request->mode_option = argument;
            return 0;
        }
    }
    if (value[0] == '\0')
        return fail(parser,
                    pool_format(parser->pool, "missing value in '%s'; choose one of: r, w, rw",
                                argument));
    return fail(parser,
                pool_format(parser->pool, "invalid value '%s' in '%s'; choose one of: r, w, rw",
                            value, argument));
}

/* An argument that begins as ours do, but is none. */
static int parse_misspelt(struct parser *parser, const char *argument)
{
    const char *spellings[COUNT(options)];
    const char *value = strchr(argument, '=');
    size_t length = value == NULL ? strlen(argument) : (size_t)(value + 1 - argument);
    const char *name = pool_copy(parser->pool, argument, length);
    const char *near;
    size_t count = 0;

    if (strcmp(argument, "-fmemsentry") == 0)
        return fail(parser,
                    pool_format(parser->pool,
                                "missing value in '%s'; write '%s=' and one of: %s", argument,
                                argument, backend_list(parser->pool, NEEDS_ANY, true)));
    for (size_t i = 0; i < COUNT(options); i++)
        if (options[i].own && options[i].action != ACTION_MISSPELT)
            spellings[count++] = options[i].spelling;
    near = nearest(name, spellings, count);
    if (near == NULL)
        return fail(parser, pool_format(parser->pool, "unknown argument: '%s'", argument));
    /* The value belongs to the guess only where the guess takes one. */
    return fail(parser,
                pool_format(parser->pool, "unknown argument '%s'; did you mean '%s%s'?",
                            argument, near,
                            near[strlen(near) - 1] == '=' && value != NULL ? value + 1 : ""));
}

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

static void parse_sanitizers(struct parser *parser, const char *value, bool on)
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

static void parse_target(struct parser *parser, const char *written, const char *triple)
{
    bool known = (starts_with(triple, "x86_64-") || starts_with(triple, "amd64-")) &&
                 strstr(triple, "-linux") != NULL && strstr(triple, "musl") == NULL &&
                 strstr(triple, "android") == NULL && strstr(triple, "x32") == NULL;

    parser->request->conflicts[CONFLICT_FOREIGN_TARGET] = known ? NULL : written;
}

static void parse_linker_words(struct request *request, const char *written, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, ",");
        const struct {
            const char *word;
            bool *flag;
            enum conflict conflict;
        } known[] = {
            {"-no-pie", NULL, CONFLICT_ABSOLUTE_PROGRAM},
            {"--no-pie", NULL, CONFLICT_ABSOLUTE_PROGRAM},
            {"-no-pic-executable", NULL, CONFLICT_ABSOLUTE_PROGRAM},
            {"-r", &request->relocatable, 0},
            {"--relocatable", &request->relocatable, 0},
            {"-shared", &request->shared, 0},
            {"-Bshareable", &request->shared, 0},
        };

        for (size_t i = 0; i < COUNT(known); i++) {
            if (strlen(known[i].word) != length || strncmp(words, known[i].word, length) != 0)
                continue;
            if (known[i].flag != NULL)
                *known[i].flag = true;
            else
                request->conflicts[known[i].conflict] = written;
        }
        words += length;
        words += *words == ',';
    }
}

static void parse_warning(struct request *request, const char *argument)
{
    static const char unused[] = "unused-command-line-argument";
    const char *name = argument + strlen("-W");
    enum choice choice = CHOICE_YES;
    struct warning_state *state;

    if (starts_with(name, "no-")) {
        choice = CHOICE_NO;
        name += strlen("no-");
    }
    if (strcmp(name, "error") == 0) {
        request->all_errors = choice;
        return;
    }
    if (starts_with(name, "error=")) {
        name += strlen("error=");
        state = strcmp(name, unused) == 0 ? &request->unused : &request->no_safestack;
        state->error = choice;
        if (choice == CHOICE_YES)
            state->shown = CHOICE_YES;
        return;
    }
    state = strcmp(name, unused) == 0 ? &request->unused : &request->no_safestack;
    state->shown = choice;
}

static bool is_header(const char *path)
{
    static const char *const suffixes[] = {".h", ".hh", ".H", ".hp", ".hpp", ".hxx", ".h++"};
    const char *suffix = strrchr(path, '.');

    for (size_t i = 0; suffix != NULL && i < COUNT(suffixes); i++)
        if (strcmp(suffix, suffixes[i]) == 0)
            return true;
    return false;
}

static void parse_input(struct parser *parser, const char *path)
{
    parser->request->has_inputs = true;
    if (!(parser->language ? parser->headers : is_header(path)))
        parser->request->has_link_inputs = true;
}

static void parse_language(struct parser *parser, const char *language)
{
    size_t length = strlen(language);

    parser->language = strcmp(language, "none") != 0;
    parser->headers = length > strlen("-header") &&
                      strcmp(language + length - strlen("-header"), "-header") == 0;
}

static int act(struct parser *parser, const struct option *option, const char *argument,
               const char *value)
{
    struct request *request = parser->request;
    const char *written = option->kind == SEPARATE
                              ? pool_format(parser->pool, "%s %s", argument, value)
                              : argument;

    switch (option->action) {
    case ACTION_BACKEND:
        return parse_backend(parser, argument, value);
    case ACTION_NO_MEMSENTRY:
        request->backend = NULL;
        request->off = true;
        return 0;
    case ACTION_RW:
        return parse_mode(parser, argument, value);
    case ACTION_SECTION:
        if (value[0] == '\0')
            return fail(parser, pool_format(parser->pool, "missing value in '%s'", argument));
        request->section = value;
        return 0;
    case ACTION_VERIFY:
        request->no_verify = false;
        return 0;
    case ACTION_NO_VERIFY:
        request->no_verify = true;
        return 0;
    case ACTION_PRINT_BACKENDS:
        request->task = TASK_PRINT_BACKENDS;
        return 0;
    case ACTION_MISSPELT:
        return parse_misspelt(parser, argument);
    case ACTION_WARNING_OPTION:
        parse_warning(request, argument);
        return 0;
    case ACTION_QUIET_UNUSED:
        request->quiet_unused = true;
        return 0;
    case ACTION_NO_WARNINGS:
        request->quiet = true;
        return 0;
    case ACTION_COLOUR_ALWAYS:
        request->colours = COLOURS_ALWAYS;
        return 0;
    case ACTION_COLOUR_NEVER:
        request->colours = COLOURS_NEVER;
        return 0;
    case ACTION_COLOUR_AUTO:
        request->colours = COLOURS_AUTO;
        return 0;
    case ACTION_HELP:
        request->task = TASK_HELP;
        return 0;
    case ACTION_VERSION:
        request->task = TASK_VERSION;
        return 0;
    case ACTION_VERBOSE:
        request->verbose = true;
        return 0;
    case ACTION_SANITIZE:
    case ACTION_NO_SANITIZE:
        parse_sanitizers(parser, value, option->action == ACTION_SANITIZE);
        return 0;
    case ACTION_TARGET:
        parse_target(parser, written, value);
        return 0;
    case ACTION_LANGUAGE:
        parse_language(parser, value);
        return 0;
    case ACTION_LINKER_WORDS:
        parse_linker_words(request, written, value);
        /* fall through */
    case ACTION_LINKER_INPUT:
        request->has_inputs = true;
        request->has_link_inputs = true;
        return 0;
    case ACTION_SHARED:
        request->shared = true;
        return 0;
    case ACTION_RELOCATABLE:
        request->relocatable = true;
        return 0;
    case ACTION_NO_LINK:
        request->no_link = true;
        return 0;
    case ACTION_PIC:
        request->pic_chosen = true;
        request->conflicts[CONFLICT_ABSOLUTE_CODE] = NULL;
        return 0;
    case ACTION_CONFLICT:
        request->conflicts[option->conflict] = option->set ? argument : NULL;
        return 0;
    case ACTION_VALUE:
        return 0;
    }
    return 0;
}

/* Options of ours that do nothing by themselves. */
static bool is_setting(const struct option *option)
{
    return option->action == ACTION_RW || option->action == ACTION_SECTION ||
           option->action == ACTION_VERIFY || option->action == ACTION_NO_VERIFY;
}

static void keep(struct parser *parser, const char *argument, bool for_hardened)
{
    strings_push(parser->pool, &parser->request->stock, argument);
    if (for_hardened)
        strings_push(parser->pool, &parser->request->hardened, argument);
}

int request_parse(struct pool *pool, const struct strings *arguments, struct request *request)
{
    struct parser parser = {.pool = pool, .request = request};
    bool options_ended = false;

    for (size_t i = 0; i < arguments->count; i++) {
        const char *argument = arguments->items[i];
        const struct option *option = NULL;
        const char *value = NULL;
        int result;

        if (!options_ended && strcmp(argument, "--") == 0) {
            options_ended = true;
            request->hardened_options = request->hardened.count;
            keep(&parser, argument, true);
            continue;
        }
        if (!options_ended)
            option = find_option(argument);
        if (option == NULL) {
            /* "-" alone is the standard input. */
            if (options_ended || argument[0] != '-' || argument[1] == '\0')
                parse_input(&parser, argument);
            keep(&parser, argument, true);
            continue;
        }
        if (option->own)
            request->own = true;
        else
            keep(&parser, argument,
                 option->action != ACTION_SANITIZE && option->action != ACTION_NO_SANITIZE);
        if (is_setting(option))
            strings_push(pool, &request->settings, argument);

        if (option->kind == SEPARATE) {
            /* Without its value, clang says what is missing. */
            if (i + 1 == arguments->count)
                break;
            value = arguments->items[++i];
            keep(&parser, value, true);
        } else {
            value = argument + strlen(option->spelling);
        }
        result = act(&parser, option, argument, value);
        if (result != 0)
            return result;
    }
    if (!options_ended)
        request->hardened_options = request->hardened.count;
    return pool->error;
}
