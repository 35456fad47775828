/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* MEMSENTRY_OPTIONS: what is taken, and what is refused with which words. */
#include <criterion/criterion.h>
#include <string.h>

#include "options.h"

static bool parse(const char *string, struct options *options, char *message)
{
    struct text error = {0};
    *options = OPTIONS_DEFAULT;
    bool good = options_parse(options, string, &error);
    memcpy(message, error.data, error.length);
    message[error.length] = '\0';
    return good;
}

static char message[8193];
static struct options options;

Test(options, values)
{
    cr_assert(parse("", &options, message) && !options.verbose && !options.help);
    cr_assert(parse("verbose=1", &options, message) && options.verbose && !options.help);
    cr_assert(parse("verbose=1:verbose=0:help=1", &options, message));
    cr_assert(!options.verbose && options.help);
    cr_assert(parse("::help=1:", &options, message) && options.help);
    cr_assert_str_empty(message);
}

#define FORM                                                                                   \
    " in MEMSENTRY_OPTIONS; options are separated by ':' and these are known: help=0|1, "      \
    "verbose=0|1, log_fd=N, syslog=0|1"

Test(options, numbers)
{
    cr_assert(parse("", &options, message) && options.log_fd == 2);
    cr_assert(parse("log_fd=0", &options, message) && options.log_fd == 0);
    cr_assert(parse("log_fd=123456", &options, message) && options.log_fd == 123456);
    cr_assert(!parse("log_fd=1234567", &options, message));
    cr_assert(!parse("log_fd=-1", &options, message));
    cr_assert_str_eq(message, "invalid value 'log_fd=-1'" FORM);
    cr_assert(!parse("log_fd=", &options, message) && !parse("log_fd", &options, message));
}

Test(options, mistakes)
{
    cr_assert(!parse("nonsense", &options, message));
    cr_assert_str_eq(message, "unknown option 'nonsense'" FORM);
    cr_assert(!parse("help=1:verbos=1", &options, message));
    cr_assert_str_eq(message, "unknown option 'verbos'" FORM);
    cr_assert(!parse("verbose", &options, message));
    cr_assert_str_eq(message, "invalid value 'verbose'" FORM);
    cr_assert(!parse("verbose=", &options, message));
    cr_assert(!parse("verbose=10", &options, message));
    cr_assert_str_eq(message, "invalid value 'verbose=10'" FORM);
    cr_assert(!parse("=1", &options, message));
    cr_assert_str_eq(message, "unknown option ''" FORM);
}

Test(options, long_nonsense)
{
    static char string[20000];
    memset(string, 'x', sizeof string - 1);
    cr_assert(!parse(string, &options, message));
    cr_assert(strncmp(message, "unknown option 'xxxx", 20) == 0);
    cr_assert_lt(strlen(message), 300);
}

Test(options, help)
{
    struct text text = {0};
    options_help(&text);
    text_put_bytes(&text, "", 1);
    cr_assert(strstr(text.data, "\n  verbose=0|1  ") != NULL);
    cr_assert(strstr(text.data, "\n  help=0|1  ") != NULL);
}
