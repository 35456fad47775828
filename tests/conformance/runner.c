/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Runs every conformance program of a suite. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* By value: the parameters go to another process. */
struct program {
    char name[24], level[8];
};

ParameterizedTestParameters(conformance, programs)
{
#define PROGRAM(name, level) {#name, #level},
    static struct program programs[] = {PROGRAMS};
    return cr_make_param_array(struct program, programs, sizeof programs / sizeof *programs);
}

static bool has_feature(const char *name)
{
    static char line[8192];
    FILE *info = fopen("/proc/cpuinfo", "r");
    bool found = false;
    while (!found && info != NULL && fgets(line, sizeof line, info) != NULL)
        for (char *rest = line, *word; !found && (word = strsep(&rest, " \t\n")) != NULL;)
            found = strcmp(word, name) == 0;
    if (info != NULL)
        fclose(info);
    return found;
}

ParameterizedTest(struct program *program, conformance, programs, .timeout = 120)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s-%s", PROGRAM_PREFIX, program->name, program->level);
    static struct outcome outcome;
    run(&outcome, (char *[]){path, NULL}, NULL, 100);
    expect_exit(&outcome, 0);
}

/* What main leaves behind runs too: atexit handlers, then destructors. */
Test(conformance, exit_handlers)
{
    static struct outcome outcome;
    run(&outcome, (char *[]){PROGRAM_PREFIX "layout-O2", NULL}, NULL, 20);
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, "at exit\ndestroyed\n");
    expect_silence(&outcome);
}

/*
 * Skips the suite where the processor lacks what it needs, a word of /proc/cpuinfo; not where
 * that was brought along. Criterion has the main function.
 */
__attribute__((constructor)) static void skip_without_hardware(void)
{
    if (*NEEDS == '\0' || has_feature(NEEDS) || getenv("MEMSENTRY_NO_SKIP") != NULL)
        return;
    puts("the processor lacks " NEEDS);
    exit(77);
}
