/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads MemSentry's own options. */
#include "parse.h"

#include <string.h>

#include "nearest.h"

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
        return parse_fail(parser,
                          pool_format(parser->pool, "missing value in '%s'; choose one of: %s",
                                      argument, backend_list(parser->pool, NEEDS_ANY, true)));
    near = nearest(value, names, BACKENDS);
    if (near != NULL)
        return parse_fail(parser, pool_format(parser->pool,
                                              "invalid value '%s' in '%s'; did you mean '%s'?",
                                              value, argument, near));
    return parse_fail(
        parser, pool_format(parser->pool, "invalid value '%s' in '%s'; choose one of: %s",
                            value, argument, backend_list(parser->pool, NEEDS_ANY, true)));
}

/* A value that is none of `choices`. */
static int parse_choice_fail(struct parser *parser, const char *argument, const char *value,
                             const char *choices)
{
    if (value[0] == '\0')
        return parse_fail(parser,
                          pool_format(parser->pool, "missing value in '%s'; choose one of: %s",
                                      argument, choices));
    return parse_fail(parser,
                      pool_format(parser->pool, "invalid value '%s' in '%s'; choose one of: %s",
                                  value, argument, choices));
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
    return parse_choice_fail(parser, argument, value, "r, w, rw");
}

static int parse_proof(struct parser *parser, const char *argument, const char *value)
{
    for (enum proof proof = PROOF_ERROR; proof <= PROOF_OFF; proof++) {
        if (strcmp(value, proof_names[proof]) == 0) {
            parser->request->proof = proof;
            return 0;
        }
    }
    return parse_choice_fail(parser, argument, value, "error, warn, off");
}

static int parse_benchdomain(struct parser *parser, const char *argument, const char *value)
{
    static const char *const points[] = {"call-ret", "icall", "libfunc"};

    for (size_t i = 0; i < COUNT(points); i++) {
        if (strcmp(value, points[i]) == 0) {
            parser->request->benchdomain = value;
            return 0;
        }
    }
    return parse_choice_fail(parser, argument, value, "call-ret, icall, libfunc");
}

/* What may be anything but empty. */
static int parse_word(struct parser *parser, enum action action, const char *argument,
                      const char *value)
{
    struct request *request = parser->request;

    if (value[0] == '\0')
        return parse_fail(parser, pool_format(parser->pool, "missing value in '%s'", argument));
    if (action == ACTION_SECTION)
        request->section = value;
    else if (action == ACTION_IGNORELIST)
        request->ignorelist = value;
    else if (action == ACTION_BENCHDOMAIN_FILE)
        request->benchdomain_file = value;
    else
        strings_push(parser->pool,
                     action == ACTION_DEFENSE ? &request->defense_files
                                              : &request->defense_arguments,
                     value);
    return 0;
}

static int parse_setting(struct parser *parser, enum action action, const char *argument,
                         const char *value)
{
    switch (action) {
    case ACTION_RW:
        return parse_mode(parser, argument, value);
    case ACTION_PROOF:
        return parse_proof(parser, argument, value);
    case ACTION_SECTION:
    case ACTION_IGNORELIST:
    case ACTION_BENCHDOMAIN_FILE:
    case ACTION_DEFENSE:
    case ACTION_DEFENSE_ARGUMENT:
        return parse_word(parser, action, argument, value);
    case ACTION_MALLOC:
    case ACTION_NO_MALLOC:
        parser->request->no_malloc = action == ACTION_NO_MALLOC;
        return 0;
    case ACTION_BENCHDOMAIN:
        return parse_benchdomain(parser, argument, value);
    case ACTION_MPK_PRESERVE:
        parser->request->mpk_preserve = argument;
        return 0;
    case ACTION_NO_MPK_PRESERVE:
        parser->request->mpk_preserve = NULL;
        return 0;
    default:
        parser->request->no_verify = action == ACTION_NO_VERIFY;
        return 0;
    }
}

/* An argument that begins as ours do, but is none. */
static int parse_misspelt(struct parser *parser, const char *argument)
{
    static const struct {
        const char *spelling;
        enum action action;
    } own[] = {
#define OWN(spelling, kind, action, metavariable, help) {spelling, ACTION_##action},
#include "options.def"
    };
    const char *spellings[COUNT(own)];
    size_t count = 0;
    const char *value = strchr(argument, '=');
    size_t length = value == NULL ? strlen(argument) : (size_t)(value + 1 - argument);
    const char *name = pool_copy(parser->pool, argument, length);
    const char *near;

    if (strcmp(argument, "-fmemsentry") == 0)
        return parse_fail(
            parser,
            pool_format(parser->pool, "missing value in '%s'; write '%s=' and one of: %s",
                        argument, argument, backend_list(parser->pool, NEEDS_ANY, true)));
    for (size_t i = 0; i < COUNT(own); i++)
        if (own[i].action != ACTION_MISSPELT)
            spellings[count++] = own[i].spelling;
    near = nearest(name, spellings, count);
    if (near == NULL)
        return parse_fail(parser,
                          pool_format(parser->pool, "unknown argument: '%s'", argument));
    /* The value belongs to the guess only where the guess takes one. */
    return parse_fail(
        parser,
        pool_format(parser->pool, "unknown argument '%s'; did you mean '%s%s'?", argument, near,
                    near[strlen(near) - 1] == '=' && value != NULL ? value + 1 : ""));
}

int parse_own(struct parser *parser, enum action action, const char *argument,
              const char *value)
{
    struct request *request = parser->request;

    switch (action) {
    case ACTION_BACKEND:
        return parse_backend(parser, argument, value);
    case ACTION_NO_MEMSENTRY:
        request->backend = NULL;
        request->off = true;
        return 0;
    case ACTION_PRINT_BACKENDS:
        request->task = TASK_PRINT_BACKENDS;
        return 0;
    case ACTION_RW:
    case ACTION_PROOF:
    case ACTION_SECTION:
    case ACTION_IGNORELIST:
    case ACTION_VERIFY:
    case ACTION_NO_VERIFY:
    case ACTION_MPK_PRESERVE:
    case ACTION_NO_MPK_PRESERVE:
    case ACTION_BENCHDOMAIN:
    case ACTION_BENCHDOMAIN_FILE:
    case ACTION_MALLOC:
    case ACTION_NO_MALLOC:
    case ACTION_DEFENSE:
    case ACTION_DEFENSE_ARGUMENT:
        /* They do nothing by themselves, and a warning will say so. */
        strings_push(parser->pool, &request->settings, argument);
        return parse_setting(parser, action, argument, value);
    default:
        return parse_misspelt(parser, argument);
    }
}
