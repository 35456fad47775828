/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the driver says, in clang's manner. */
#include "print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin_id.h"

#define HELP_COLUMN 44

static bool use_colours(enum colours colours)
{
    const char *terminal = getenv("TERM");

    if (colours != COLOURS_AUTO)
        return colours == COLOURS_ALWAYS;
    return isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static void print(const char *program, enum colours colours, const char *severity,
                  const char *colour, const char *message)
{
    if (use_colours(colours))
        fprintf(stderr, "%s: \033[0;1;%sm%s: \033[0m\033[1m%s\033[0m\n", program, colour,
                severity, message);
    else
        fprintf(stderr, "%s: %s: %s\n", program, severity, message);
}

void print_error(const char *program, enum colours colours, const char *message)
{
    print(program, colours, "error", "31", message);
}

/* Prints one warning unless it is off. True when it counts as an error. */
static bool warn(struct pool *pool, const char *program, const struct request *request,
                 enum warning warning, const char *message)
{
    const struct warning_state *state = &request->warnings[warning];
    bool is_error = state->error == CHOICE_YES ||
                    (state->error == CHOICE_OPEN && request->all_errors == CHOICE_YES);

    if (request->quiet || state->shown == CHOICE_NO)
        return false;
    message = pool_format(pool, "%s [%s-W%s]", message, is_error ? "-Werror," : "",
                          warning_names[warning]);
    if (is_error)
        print_error(program, request->colours, message);
    else
        print(program, request->colours, "warning", "35", message);
    return is_error;
}

static bool has_defense(const struct request *request)
{
    return request->defense_options[DEFENSE_safestack] != NULL;
}

int print_warnings(struct pool *pool, const char *program, const struct request *request)
{
    bool is_error = false;

    if (request->backend == NULL && !request->off && !request->quiet_unused)
        for (size_t i = 0; i < request->settings.count; i++)
            is_error |= warn(pool, program, request, WARNING_UNUSED,
                             pool_format(pool, "argument unused during compilation: '%s'",
                                         request->settings.items[i]));
    if (request->backend != NULL && request->backend->kind == KIND_ADDRESS &&
        request_links(request) && !has_defense(request))
        is_error |=
            warn(pool, program, request, WARNING_NO_SAFESTACK,
                 pool_format(pool,
                             "'%s' without '-fsanitize=safe-stack' does not hold against "
                             "concurrent writers, which can replace a masked pointer on "
                             "the stack",
                             request->backend_option));
    /* A closed domain denies other code as well. */
    if (request->uninstrumented != NULL && request->backend->kind == KIND_ADDRESS)
        is_error |=
            warn(pool, program, request, WARNING_UNINSTRUMENTED, request->uninstrumented);
    return is_error ? -EINVAL : 0;
}

void print_summary(const struct request *request)
{
    const char *separator = "";

    fprintf(stderr, "memsentry: backend %s, mode %s, defenses ", request->backend->name,
            mode_names[request_mode(request)]);
    for (size_t i = 0; i < DEFENSES; i++) {
        if (request->defense_options[i] == NULL)
            continue;
        fprintf(stderr, "%s%s", separator, defenses[i].name);
        separator = ", ";
    }
    for (size_t i = 0; i < request->defense_names.count; i++) {
        fprintf(stderr, "%s%s", separator, request->defense_names.items[i]);
        separator = ", ";
    }
    fprintf(stderr, "%s\n", separator[0] == '\0' ? "none" : "");
}

static void help_line(const char *option, const char *value, const char *help)
{
    int used = printf("  %s%s", option, value);

    if (help != NULL)
        printf("%*s%s\n", used < HELP_COLUMN ? HELP_COLUMN - used : 1, "", help);
}

void print_help(const char *program)
{
    static const struct {
        const char *spelling;
        const char *value;
        const char *help;
    } lines[] = {
#define OWN(spelling, kind, action, metavariable, help) {spelling, metavariable, help},
#include "options.def"
    };

    printf("OVERVIEW: MemSentry, clang that isolates what a defense must keep safe\n\n"
           "USAGE: %s [options] file...\n\nOPTIONS OF MEMSENTRY:\n",
           program);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].help != NULL)
            help_line(lines[i].spelling, lines[i].value, lines[i].help);
    printf("\nDEFENSES:\n");
    for (size_t i = 0; i < DEFENSES; i++)
        if (defenses[i].built)
            help_line("-fsanitize=", defenses[i].name, defenses[i].summary);
    printf("\nAll options of clang are accepted as well:\n\n");
}

void print_version(void)
{
    printf("MemSentry version " MEMSENTRY_VERSION " (plugin " MEMSENTRY_PLUGIN_ID ")\n");
}
