/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Response files: quoting, nesting, and files that are not there. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "responses.h"

static struct pool pool;

static void finish(void)
{
    pool_free(&pool);
}

TestSuite(responses, .fini = finish);

/* The tokens of `text`, each followed by '|'. */
static const char *split(const char *text)
{
    struct strings tokens = {0};
    const char *joined = "";

    responses_split(&pool, text, strlen(text), &tokens);
    for (size_t i = 0; i < tokens.count; i++)
        joined = pool_format(&pool, "%s%s|", joined, tokens.items[i]);
    return joined;
}

static const char *expand(const char *first, const char *second)
{
    struct strings given = {0};
    struct strings out = {0};
    const char *joined = "";

    strings_push(&pool, &given, first);
    strings_push(&pool, &given, second);
    responses_expand(&pool, &given, &out);
    for (size_t i = 0; i < out.count; i++)
        joined = pool_format(&pool, "%s%s|", joined, out.items[i]);
    return joined;
}

/* A temporary file; the caller unlinks it. */
static const char *file_with(const char *text)
{
    char path[] = "/tmp/memsentry-unit-XXXXXX";
    int file = mkstemp(path);

    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    return pool_copy(&pool, path, strlen(path));
}

Test(responses, splits_at_white_space)
{
    cr_assert_str_eq(split(""), "");
    cr_assert_str_eq(split("  \t\r\n "), "");
    cr_assert_str_eq(split("a b\tc\r\nd\n"), "a|b|c|d|");
}

Test(responses, keeps_quoted_white_space)
{
    cr_assert_str_eq(split("'a b' \"c d\""), "a b|c d|");
    cr_assert_str_eq(split("-D'x y'z"), "-Dx yz|");
    cr_assert_str_eq(split("'a\nb'"), "a\nb|");
}

Test(responses, escapes_everywhere)
{
    cr_assert_str_eq(split("a\\ b"), "a b|");
    cr_assert_str_eq(split("\"a\\\"b\""), "a\"b|");
    cr_assert_str_eq(split("'a\\'b'"), "a'b|");
    cr_assert_str_eq(split("\\\\"), "\\|");
}

Test(responses, tolerates_a_ragged_end)
{
    cr_assert_str_eq(split("a\\"), "a\\|");
    cr_assert_str_eq(split("'a b"), "a b|");
}

Test(responses, drops_empty_quotes_as_llvm_does)
{
    cr_assert_str_eq(split("a '' \"\" b"), "a|b|");
    cr_assert_str_eq(split("x''y"), "xy|");
}

Test(responses, quotes_what_it_can_split)
{
    struct strings list = {0};
    size_t length;
    const char *text;

    strings_push(&pool, &list, "-DX=\"a b\"");
    strings_push(&pool, &list, "c\\d'e\n");
    text = responses_quote(&pool, &list, &length);
    cr_assert_eq(length, strlen(text));
    cr_assert_str_eq(split(text), "-DX=\"a b\"|c\\d'e\n|");
}

Test(responses, expands_a_nested_file)
{
    const char *inner = file_with("-fmemsentry=sfi 'x y'");
    const char *outer = file_with(pool_format(&pool, "a @%s b", inner));

    cr_assert_str_eq(expand("1", pool_format(&pool, "@%s", outer)),
                     "1|a|-fmemsentry=sfi|x y|b|");
    unlink(inner);
    unlink(outer);
}

Test(responses, leaves_a_missing_file)
{
    cr_assert_str_eq(expand("@/nonexistent/file", "@"), "@/nonexistent/file|@|");
}

Test(responses, stops_at_a_file_that_includes_itself, .timeout = 10)
{
    const char *path = file_with("");
    FILE *file = fopen(path, "w");

    fprintf(file, "a @%s @%s b", path, path);
    fclose(file);
    cr_assert_str_eq(expand(pool_format(&pool, "@%s", path), "c"),
                     pool_format(&pool, "a|@%s|@%s|b|c|", path, path));
    unlink(path);
}
