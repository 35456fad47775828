/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Every deputy in a hardened program, and those of the heap also in one with libc's allocator,
 * where they must succeed.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum outcome_wanted { HEAP, OPEN };

struct deputy {
    char name[32], build[8];
    enum outcome_wanted wanted;
};

static const struct {
    const char *name;
    enum outcome_wanted wanted;
} rows[] = {
#define DEPUTY(name, outcome) {#name, outcome},
#include "deputies.def"
};

/* As meson.build makes them; the last has libc's allocator. */
static const char builds[][8] = {"O0", "O2", "static", "lto", "libc"};
enum { ROWS = sizeof rows / sizeof *rows, BUILDS = sizeof builds / sizeof *builds };

static void attack(struct outcome *outcome, const char *name, const char *build)
{
    char path[512];
    snprintf(path, sizeof path, "%s/deputies-%s", PROGRAM_DIR, build);
    run(outcome, (char *[]){path, (char *)name, NULL}, NULL, 30);
    expect_exit(outcome, 0);
    expect_silence(outcome);
}

ParameterizedTestParameters(deputies, all)
{
    static struct deputy deputies[ROWS * BUILDS];
    for (size_t i = 0; i < ROWS * BUILDS; i++) {
        snprintf(deputies[i].name, sizeof deputies[i].name, "%s", rows[i / BUILDS].name);
        snprintf(deputies[i].build, sizeof deputies[i].build, "%s", builds[i % BUILDS]);
        deputies[i].wanted = rows[i / BUILDS].wanted;
    }
    return cr_make_param_array(struct deputy, deputies, ROWS * BUILDS);
}

ParameterizedTest(struct deputy *deputy, deputies, all)
{
    static struct outcome outcome;
    attack(&outcome, deputy->name, deputy->build);
    if (strcmp(deputy->build, "libc") == 0)
        cr_assert_str_eq(outcome.out, "changed\n", "the attack does not work by itself");
    else if (deputy->wanted == HEAP)
        cr_assert_str_eq(outcome.out, "unchanged\n");
    else
        cr_assert_str_eq(outcome.out, "changed\n",
                         "closed: move it out of the threat model's list");
}

/* The allocator's number of a thread can be overwritten: "shared" says that it was. */
Test(deputies, cache_number)
{
    static struct outcome outcome;
    attack(&outcome, "cache_number", "O2");
    cr_assert_str_eq(outcome.out, "shared\nunchanged\n");
}
