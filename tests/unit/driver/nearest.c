/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Edit distance, and what counts as a misspelling. */
#include <criterion/criterion.h>

#include "nearest.h"

static const char *const choices[] = {"sfi", "mpx", "mpk", "crypt", "vmfunc"};

static const char *guess(const char *word)
{
    return nearest(word, choices, sizeof choices / sizeof *choices);
}

Test(nearest, counts_edits)
{
    cr_assert_eq(edit_distance("", ""), 0);
    cr_assert_eq(edit_distance("", "abc"), 3);
    cr_assert_eq(edit_distance("abc", ""), 3);
    cr_assert_eq(edit_distance("abc", "abd"), 1);
    cr_assert_eq(edit_distance("abc", "abcd"), 1);
    cr_assert_eq(edit_distance("abc", "bc"), 1);
    cr_assert_eq(edit_distance("kitten", "sitting"), 3);
}

Test(nearest, counts_a_swap_once)
{
    cr_assert_eq(edit_distance("abcd", "abdc"), 1);
    cr_assert_eq(edit_distance("ca", "ac"), 1);
}

Test(nearest, is_symmetric)
{
    cr_assert_eq(edit_distance("whitelist", "blacklist"),
                 edit_distance("blacklist", "whitelist"));
}

Test(nearest, finds_the_first_of_equals)
{
    cr_assert_str_eq(guess("mpz"), "mpx");
    cr_assert_str_eq(guess("mpkk"), "mpk");
    cr_assert_str_eq(guess("sif"), "sfi");
    cr_assert_str_eq(guess("cryptt"), "crypt");
    cr_assert_str_eq(guess("vmfnuc"), "vmfunc");
}

Test(nearest, gives_up_on_other_words)
{
    cr_assert_null(guess(""));
    cr_assert_null(guess("x"));
    cr_assert_null(guess("foo"));
    cr_assert_null(guess("address"));
}

Test(nearest, survives_long_words)
{
    char word[1000];

    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    cr_assert_null(guess(word));
    cr_assert_geq(edit_distance(word, "sfi"), 500);
}
