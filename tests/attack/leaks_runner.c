/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The attacks of leaks.c against programs that confine reads, and as a control writes only. */
#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define ERROR "^==[0-9]+==ERROR: MemSentry: "
#define BLOCKED(size) ERROR "blocked read of " size " bytes at 0x[0-9a-f]{12} "
#define SAFE_STACK "\\(safe region \"safestack\", thread 0\\)$"

/* The first of builds.h. */
enum { LEAKS_BUILDS = BUILDS < 5 ? BUILDS : 5 };

static const struct row {
    const char *name;
    int signal; /* that ends the hardened program, 0 when it survives */
    const char *report;
    bool leaks; /* what the control is: whether it leaks without */
} rows[] = {
    {"pointer", SIGSEGV, BLOCKED("8") SAFE_STACK, true},
    {"list_overflow", SIGSEGV, BLOCKED("8") SAFE_STACK, true},
    {"list_registers", SIGSEGV, BLOCKED("8") SAFE_STACK, true},
    {"too_many", 0, NULL, true},
    {"unannounced", SIGSEGV,
     ERROR
     "blocked read of 4 bytes at 0x080000000000, where arguments are that a caller without "
     "instrumentation left on the stack$",
     true},
    {"forged", SIGSEGV, BLOCKED("4") SAFE_STACK, true},
    {"sort_base", SIGABRT, ERROR "blocked call of qsort with 0x[0-9a-f]{12} " SAFE_STACK, true},
    {"sort_count", SIGABRT,
     ERROR "blocked access of [0-9]+ bytes at 0x[0-9a-f]{12}: longer than the guard$", false},
};

#define ROWS (sizeof rows / sizeof *rows)

static_assert(ROWS <= ROWS_MAX, "rows.h has room for all");

static void attack(struct outcome *outcome, const struct parameter *parameter, const char *kind)
{
    run_attack(outcome, "leaks", kind, parameter->build, rows[parameter->row].name);
}

#ifndef CHECKED_BY_MPX
ParameterizedTestParameters(leaks, control)
{
    return parameters_of(ROWS, PLAIN_BUILDS);
}

ParameterizedTest(struct parameter *parameter, leaks, control)
{
    static struct outcome outcome;
    if (!rows[parameter->row].leaks)
        return;
    attack(&outcome, parameter, "plain");
    expect_exit(&outcome, 42);
    cr_assert_str_eq(outcome.out, "leaked\n");
}
#endif

ParameterizedTestParameters(leaks, blocked)
{
    return parameters_of(ROWS, LEAKS_BUILDS);
}

ParameterizedTest(struct parameter *parameter, leaks, blocked)
{
    static struct outcome outcome;
    const struct row *row = &rows[parameter->row];
    attack(&outcome, parameter, HARDENED);
    cr_assert_str_eq(outcome.out, "");
    if (row->signal == 0) {
        expect_exit(&outcome, 0);
        expect_silence(&outcome);
        return;
    }
    expect_signal(&outcome, row->signal);
    expect_report(&outcome, row->report);
}
