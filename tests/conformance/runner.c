/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Runs every conformance program of a suite. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>

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

/* Skips the test where the processor lacks what the suite needs, a word of /proc/cpuinfo. */
static void skip_without_hardware(void)
{
    if (*NEEDS == '\0')
        return;
    static struct outcome outcome;
    run(&outcome, (char *[]){"/bin/grep", "-q", "-w", NEEDS, "/proc/cpuinfo", NULL}, NULL, 20);
    if (outcome.status != 0)
        cr_skip_test("the processor lacks " NEEDS);
}

ParameterizedTest(struct program *program, conformance, programs, .timeout = 120)
{
    skip_without_hardware();
    char path[512];
    snprintf(path, sizeof path, "%s%s-%s", PROGRAM_PREFIX, program->name, program->level);
    static struct outcome outcome;
    run(&outcome, (char *[]){path, NULL}, NULL, 100);
    expect_exit(&outcome, 0);
}

/* What main leaves behind runs too: atexit handlers, then destructors. */
Test(conformance, exit_handlers)
{
    skip_without_hardware();
    static struct outcome outcome;
    run(&outcome, (char *[]){PROGRAM_PREFIX "layout-O2", NULL}, NULL, 20);
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, "at exit\ndestroyed\n");
    expect_silence(&outcome);
}
