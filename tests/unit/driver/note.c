/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The text of notes. */
#include <criterion/criterion.h>

#include <errno.h>

#include "note.h"

static struct pool pool;

static void finish(void)
{
    pool_free(&pool);
}

TestSuite(note, .fini = finish);

Test(note, all_fields)
{
    struct note note;

    cr_assert_eq(note_parse(&pool,
                            "abi=1 backend=sfi mode=w defenses=safe-stack compiler=22.1.8 "
                            "version=0.1.0",
                            &note),
                 0);
    cr_assert_eq(note.abi, 1);
    cr_assert_str_eq(note.backend, "sfi");
    cr_assert_str_eq(note.mode, "w");
    cr_assert_str_eq(note.defenses, "safe-stack");
    cr_assert_str_eq(note.compiler, "22.1.8");
    cr_assert_str_eq(note.version, "0.1.0");
    cr_assert_str_eq(note_options(&pool, &note),
                     "-fmemsentry=sfi -fmemsentry-rw=w -fsanitize=safe-stack");
}

Test(note, no_defense_and_an_unknown_key_in_another_order)
{
    struct note note;

    cr_assert_eq(note_parse(&pool, "defenses=- colour=red mode=rw  backend=sfi abi=12", &note),
                 0);
    cr_assert_eq(note.abi, 12);
    cr_assert_null(note.compiler);
    cr_assert_str_eq(note_options(&pool, &note), "-fmemsentry=sfi -fmemsentry-rw=rw");
}

Test(note, what_is_missing_or_wrong_is_refused)
{
    static const char *const refused[] = {
        "",
        "abi=1",
        "backend=sfi mode=w defenses=-",
        "abi=1 mode=w defenses=-",
        "abi=1 backend=sfi defenses=-",
        "abi=1 backend=sfi mode=w",
        "abi=1 backend= mode=w defenses=-",
        "abi=x backend=sfi mode=w defenses=-",
        "abi=1x backend=sfi mode=w defenses=-",
    };
    struct note note;

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        cr_assert_eq(note_parse(&pool, refused[i], &note), -EINVAL, "%s", refused[i]);
}

Test(note, options_of_prebuilt_defenses_and_of_others)
{
    struct note note;

    cr_assert_eq(note_parse(&pool,
                            "abi=1 backend=sfi mode=w defenses=safe-stack,example,x options=1",
                            &note),
                 0);
    cr_assert_str_eq(note_options(&pool, &note),
                     "-fmemsentry=sfi -fmemsentry-rw=w -fsanitize=safe-stack "
                     "-fmemsentry-defense=<example> -fmemsentry-defense=<x>");
}
