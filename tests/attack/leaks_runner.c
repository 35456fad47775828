/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The attacks of leaks.c against programs that confine reads, and as a control writes only. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define ERROR "^==[0-9]+==ERROR: MemSentry: "
#define BLOCKED(size) ERROR "blocked read of " size " bytes at 0x[0-9a-f]{12} "
#define SAFE_STACK "\\(safe region \"safestack\", thread 0\\)$"

static const char builds[][8] = {"O0", "O2", "static", "lto", "thin"};
enum { PLAIN_BUILDS = 2, BUILDS = sizeof builds / sizeof *builds };

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

struct parameter {
    int row;
    char build[8];
};

static struct criterion_test_params parameters(size_t builds_used)
{
    static struct parameter all[BUILDS * ROWS];
    for (size_t i = 0; i < builds_used * ROWS; i++) {
        all[i].row = (int)(i / builds_used);
        strcpy(all[i].build, builds[i % builds_used]);
    }
    return cr_make_param_array(struct parameter, all, builds_used * ROWS);
}

static void attack(struct outcome *outcome, const struct parameter *parameter, const char *kind)
{
    char path[512];
    snprintf(path, sizeof path, "%s/leaks-%s-%s", PROGRAM_DIR, kind, parameter->build);
    run(outcome, (char *[]){path, (char *)rows[parameter->row].name, NULL}, NULL, 30);
}

ParameterizedTestParameters(leaks, control)
{
    return parameters(PLAIN_BUILDS);
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

ParameterizedTestParameters(leaks, blocked)
{
    return parameters(BUILDS);
}

ParameterizedTest(struct parameter *parameter, leaks, blocked)
{
    static struct outcome outcome;
    const struct row *row = &rows[parameter->row];
    attack(&outcome, parameter, "hardened");
    cr_assert_str_eq(outcome.out, "");
    if (row->signal == 0) {
        expect_exit(&outcome, 0);
        expect_silence(&outcome);
        return;
    }
    expect_signal(&outcome, row->signal);
    expect_report(&outcome, row->report);
}
