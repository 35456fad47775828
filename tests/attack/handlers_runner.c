/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The attacks of handlers.c: all are stopped, and all that should succeed where handlers are
 * stock do. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

static const struct row {
    const char *name;
    bool stopped, control;
} rows[] = {
#define PRIMITIVE(name, stopped, control) {#name, stopped, control},
#include "handlers.def"
};

#define ROWS (sizeof rows / sizeof *rows)

ParameterizedTestParameters(handlers, control)
{
    return parameters_of(ROWS, 1);
}

ParameterizedTest(struct parameter *parameter, handlers, control)
{
    static struct outcome outcome;
    if (!rows[parameter->row].control)
        return;
    run_attack(&outcome, "handlers", "stock", parameter->build, rows[parameter->row].name);
    expect_exit(&outcome, 0);
    cr_assert(strstr(outcome.out, "\nchanged\n") != NULL, "the state of MPX was not lost");
}

ParameterizedTestParameters(handlers, hardened)
{
    return parameters_of(ROWS, BUILDS);
}

ParameterizedTest(struct parameter *parameter, handlers, hardened)
{
    static struct outcome outcome;
    char pattern[256];
    uint64_t target = 0;
    run_attack(&outcome, "handlers", HARDENED, parameter->build, rows[parameter->row].name);
    cr_assert(sscanf(outcome.out, "%" SCNx64, &target) == 1, "no target: %s", outcome.out);
    cr_assert(strstr(outcome.out, "\nchanged\n") == NULL, "%s", outcome.out);
    if (rows[parameter->row].stopped)
        expect_signal(&outcome, SIGSEGV);
    else
        expect_exit(&outcome, 0);
    snprintf(pattern, sizeof pattern,
             "^==[0-9]+==ERROR: MemSentry: blocked (write of 8 bytes|access) at 0x%012" PRIx64
             " \\(safe region \"target\", thread [0-9]+\\)$",
             target);
    expect_report(&outcome, pattern);
}
