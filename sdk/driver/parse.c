/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the command line into a struct request. */
#include "parse.h"

#include <errno.h>
#include <string.h>

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

int parse_fail(struct parser *parser, const char *message)
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

static void parse_target(struct parser *parser, const char *written, const char *triple)
{
    bool known = (starts_with(triple, "x86_64-") || starts_with(triple, "amd64-")) &&
                 strstr(triple, "-linux") != NULL && strstr(triple, "musl") == NULL &&
                 strstr(triple, "android") == NULL && strstr(triple, "x32") == NULL;

    parser->request->conflicts[CONFLICT_FOREIGN_TARGET] = known ? NULL : written;
}

/* Where the linker is to keep what ThinLTO compiled. */
static void parse_cache(struct parser *parser, const char *word, size_t length)
{
    static const char *const spellings[] = {
        "--thinlto-cache-dir=", "-thinlto-cache-dir=", "--plugin-opt=cache-dir=",
        "-plugin-opt=cache-dir=", "cache-dir="};

    for (size_t i = 0; i < COUNT(spellings); i++) {
        size_t spelling = strlen(spellings[i]);

        if (length > spelling && strncmp(word, spellings[i], spelling) == 0)
            parser->request->lto_cache =
                pool_copy(parser->pool, word + spelling, length - spelling);
    }
}

/* Whether the word behind `word` can be a file and is no value. */
static bool is_followed_by_files(const char *word, size_t length)
{
    static const char *const known[] = {
        "--whole-archive",   "-whole-archive", "--no-whole-archive",
        "-no-whole-archive", "--start-group",  "-(",
        "--start-lib",       "--as-needed",    "--no-as-needed",
        "--push-state",      "--pop-state",    "-Bstatic",
        "-Bdynamic"};

    for (size_t i = 0; i < COUNT(known); i++)
        if (strlen(known[i]) == length && strncmp(word, known[i], length) == 0)
            return true;
    return word[0] != '-';
}

static void parse_linker_words(struct parser *parser, const char *written, const char *words)
{
    struct request *request = parser->request;
    /* -Xlinker has its option and the value of it in two calls. */
    bool files = starts_with(written, "-Wl,");

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
        parse_cache(parser, words, length);
        if (files && words[0] != '-')
            strings_push(parser->pool, &request->files, pool_copy(parser->pool, words, length));
        files = files && is_followed_by_files(words, length);
        words += length;
        words += *words == ',';
    }
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
    if (!parser->language)
        strings_push(parser->pool, &parser->request->files, path);
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
    case ACTION_NO_MEMSENTRY:
    case ACTION_RW:
    case ACTION_PROOF:
    case ACTION_SECTION:
    case ACTION_IGNORELIST:
    case ACTION_VERIFY:
    case ACTION_NO_VERIFY:
    case ACTION_MPK_PRESERVE:
    case ACTION_BENCHDOMAIN:
    case ACTION_BENCHDOMAIN_FILE:
    case ACTION_NO_MPK_PRESERVE:
    case ACTION_MALLOC:
    case ACTION_NO_MALLOC:
    case ACTION_DEFENSE:
    case ACTION_DEFENSE_ARGUMENT:
    case ACTION_PRINT_BACKENDS:
    case ACTION_MISSPELT:
        return parse_own(parser, option->action, argument, value);
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
    case ACTION_FRONT_END:
        if (strcmp(value, "-disable-llvm-passes") == 0 ||
            strcmp(value, "-disable-llvm-optzns") == 0)
            request->conflicts[CONFLICT_NO_PASSES] = written;
        return 0;
    case ACTION_LANGUAGE:
        parse_language(parser, value);
        return 0;
    case ACTION_LIBRARY_DIR:
        strings_push(parser->pool, &request->library_dirs, value);
        return 0;
    case ACTION_LIBRARY:
        strings_push(parser->pool, &request->libraries, value);
        request->has_inputs = true;
        request->has_link_inputs = true;
        return 0;
    case ACTION_LINKER_WORDS:
        parse_linker_words(parser, written, value);
        /* fall through */
    case ACTION_LINKER_INPUT:
        request->has_inputs = true;
        request->has_link_inputs = true;
        return 0;
    case ACTION_SHARED:
        request->shared = true;
        return 0;
    case ACTION_LTO:
        request->lto = argument;
        return 0;
    case ACTION_NO_LTO:
        request->lto = NULL;
        return 0;
    case ACTION_LINKER:
        request->linker = argument;
        return 0;
    case ACTION_STATIC_PIE:
        request->static_pie = argument;
        request->conflicts[CONFLICT_STATIC] = NULL;
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
    int result = 0;

    for (size_t i = 0; i < arguments->count; i++) {
        const char *argument = arguments->items[i];
        const struct option *option = NULL;
        const char *value = NULL;

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
        if (!option->own)
            keep(&parser, argument,
                 option->action != ACTION_SANITIZE && option->action != ACTION_NO_SANITIZE);
        if (option->kind == SEPARATE) {
            /* Without its value, clang says what is missing. */
            if (i + 1 == arguments->count)
                break;
            value = arguments->items[++i];
            keep(&parser, value, true);
        } else {
            value = argument + strlen(option->spelling);
        }
        /* The rest is read all the same: it may say how errors are to look. */
        if (act(&parser, option, argument, value) != 0)
            result = -EINVAL;
    }
    if (!options_ended)
        request->hardened_options = request->hardened.count;
    return pool->error != 0 ? pool->error : result;
}
