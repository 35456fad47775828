/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The attacks of isolation.c against a plain build and hardened ones. */
#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define ERROR "^==[0-9]+==ERROR: MemSentry: "
#define BLOCKED ERROR "blocked write of 8 bytes at 0x[0-9a-f]{12} "
#define STACK_OF(thread) "\\(safe region \"safestack\", thread " thread "\\)$"

static const struct row {
    const char *name;
    int signal; /* that ends the hardened program, 0 when it survives */
    const char *report;
    bool wins; /* what the control is: whether the plain program is taken over */
} rows[] = {
    {"own_return_address", SIGSEGV, BLOCKED STACK_OF("0"), true},
    {"linear_overflow", 0, NULL, true},
    {"other_thread", SIGSEGV, BLOCKED STACK_OF("0"), true},
    {"native_stack", 0, NULL, true},
    {"in_child", SIGSEGV, BLOCKED STACK_OF("0"), true},
    {"own_handler", SIGSEGV, BLOCKED STACK_OF("0"), true},
    {"signal_context", SIGABRT,
     ERROR "a signal handler changed the registers of the interrupted code, which SafeStack "
           "cannot tell from an attack$",
     true},
    {"runtime_configuration", SIGSEGV, BLOCKED "\\(runtime data, thread 0\\)$", false},
    {"runtime_tables", SIGSEGV, BLOCKED "\\(runtime data, thread 0\\)$", false},
    {"safe_stack_overflow", SIGSEGV,
     ERROR "overflow of the safe stack of [0-9]+ [KM]iB, write( of [0-9]+ bytes)? at "
           "0x[0-9a-f]{12} " STACK_OF("0"),
     false},
    {"null_pointer", SIGSEGV, ERROR "null pointer: write of 1 byte at 0x000000000000$", false},
    {"region_guard", SIGSEGV,
     ERROR "fault of code that is not confined: write of 1 byte at 0x[0-9a-f]{12} "
           "\\(safe region \"short\", thread 0\\)$",
     false},
    {"free_twice", SIGABRT, ERROR "saferegion_free of a region that was freed before$", false},
    {"free_foreign", SIGABRT,
     ERROR "saferegion_free of a pointer that saferegion_alloc did not return$", false},
};

#define ROWS (sizeof rows / sizeof *rows)

static_assert(ROWS <= ROWS_MAX, "rows.h has room for all");

/* For the tests that are about one row only. */
static struct parameter at_o2(const char *name)
{
    struct parameter parameter = {.build = "O2"};
    while (strcmp(rows[parameter.row].name, name) != 0)
        parameter.row++;
    return parameter;
}

static void attack(struct outcome *outcome, const struct parameter *parameter, const char *kind)
{
    run_attack(outcome, "isolation", kind, parameter->build, rows[parameter->row].name);
}

#ifndef CHECKED_BY_MPX
ParameterizedTestParameters(isolation, control)
{
    return parameters_of(ROWS, PLAIN_BUILDS);
}

ParameterizedTest(struct parameter *parameter, isolation, control)
{
    if (!rows[parameter->row].wins)
        return;
    static struct outcome outcome;
    attack(&outcome, parameter, "plain");
    expect_exit(&outcome, 42);
    cr_assert(strstr(outcome.out, "win\n") != NULL);
}
#endif

ParameterizedTestParameters(isolation, hardened)
{
    return parameters_of(ROWS, BUILDS);
}

ParameterizedTest(struct parameter *parameter, isolation, hardened)
{
    const struct row *row = &rows[parameter->row];
    static struct outcome outcome;
    attack(&outcome, parameter, HARDENED);
    cr_assert(strstr(outcome.out, "win") == NULL, "taken over");
    if (row->signal == 0) {
        expect_exit(&outcome, 0);
        expect_silence(&outcome);
        return;
    }
    expect_signal(&outcome, row->signal);
    expect_report(&outcome, row->report);
}

/* Each of three attacks is reported, and the program's handler has dealt with the first two. */
Test(isolation, every_attack_is_reported)
{
    static struct outcome outcome;
    const struct parameter parameter = at_o2("own_handler");
    attack(&outcome, &parameter, HARDENED);
    int reports = 0;
    for (const char *at = outcome.err; (at = strstr(at, "ERROR: MemSentry: ")) != NULL; at++)
        reports++;
    cr_assert_eq(reports, 3);
}

#ifndef CHECKED_BY_MPX
/* A configuration cannot be changed even by code that is not instrumented: it is read-only. */
Test(isolation, configuration_is_read_only)
{
    static struct outcome outcome;
    const struct parameter parameter = at_o2("runtime_configuration");
    attack(&outcome, &parameter, "plain");
    expect_signal(&outcome, SIGSEGV);
    expect_report(&outcome, ERROR "fault of code that is not confined: write of 8 bytes at "
                                  "0x310000000000 \\(runtime data, kernel thread [0-9]+\\)$");
}
#endif
