/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A processor without MPX: programs that rest on it do not start, and that is how it has to be,
 * because its checks do nothing there.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static bool has_mpx(void)
{
    return system("grep -q -w mpx /proc/cpuinfo") == 0;
}

static struct outcome outcome;

static void attack(const char *program)
{
    if (has_mpx())
        cr_skip_test("the processor has MPX");
    run(&outcome, (char *[]){(char *)program, "own_return_address", NULL}, NULL, 30);
}

static void expect_refusal(void)
{
    expect_exit(&outcome, 78);
    expect_report(
        &outcome,
        "^memsentry: error: the program is built with '-fmemsentry=mpx', and this processor "
        "has no MPX \\('mpx' in /proc/cpuinfo\\): its checks would do nothing here; run it on "
        "one that has, or build it with '-fmemsentry=sfi'$");
    cr_assert_str_empty(outcome.out);
}

Test(mpx, refused)
{
    attack(PROGRAM_DIR "/isolation-mpx-O2");
    expect_refusal();
}

Test(mpx, refused_static)
{
    attack(PROGRAM_DIR "/isolation-mpx-static");
    expect_refusal();
}

/* The same code with a runtime that does not ask. */
Test(mpx, danger)
{
    attack(PROGRAM_DIR "/isolation-unprobed");
    expect_exit(&outcome, 42);
    cr_assert(strstr(outcome.out, "win\n") != NULL);
}
