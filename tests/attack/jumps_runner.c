/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The attacks of jumps.c and unwound.cpp against a plain build and hardened ones. */
#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "rows.h"

#define ERROR "^==[0-9]+==ERROR: MemSentry: "
#define AT " to 0x[0-9a-f]{12}, "
#define NO_JMP_BUF "a jmp_buf that setjmp did not fill or whose function has returned$"
#define NO_CONTEXT "a context that was not saved, has ended or whose function has returned$"
#define CHANGED "a context whose registers are not those that were saved$"

static const struct row {
    const char *name;
    const char *report;  /* NULL: what was corrupted is not looked at */
    const char *program; /* when it is not jumps.c */
    bool open;           /* nothing stops it: docs/threat-model.md says so */
} rows[] = {
    {.name = "pc"},
    {.name = "pc_by_signal_function"},
    {.name = "sp", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "local_buffer"},
    {.name = "parameter_buffer"},
    {.name = "overflow_into_buffer", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "made_up", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "other_number", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "stale", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "other_thread", .report = ERROR "longjmp" AT NO_JMP_BUF},
    {.name = "builtin", .report = ERROR "__builtin_longjmp" AT NO_JMP_BUF},
    {.name = "context_pc", .report = ERROR "setcontext" AT CHANGED},
    {.name = "context_sp", .report = ERROR "setcontext" AT CHANGED},
    {.name = "context_made_up", .report = ERROR "setcontext" AT NO_CONTEXT},
    {.name = "coroutine_stack"},
    {.name = "coroutine_pc", .report = ERROR "swapcontext" AT CHANGED},
    {.name = "coroutine_over", .report = ERROR "swapcontext" AT NO_CONTEXT},
    {.name = "left_by_exception",
     .report = ERROR "longjmp" AT NO_JMP_BUF,
     .program = "unwound"},
    {.name = "left_further", .report = ERROR "longjmp" AT NO_JMP_BUF, .program = "unwound"},
    {.name = "exchanged", .open = true},
    {.name = "cleanup_buffer", .open = true},
};

#define ROWS (sizeof rows / sizeof *rows)

static_assert(ROWS <= ROWS_MAX, "rows.h has room for all");

static void attack(struct outcome *outcome, const struct parameter *parameter, const char *kind)
{
    const struct row *row = &rows[parameter->row];
    run_attack(outcome, row->program != NULL ? row->program : "jumps", kind, parameter->build,
               row->name);
}

ParameterizedTestParameters(jumps, control)
{
    return parameters_of(ROWS, PLAIN_BUILDS);
}

ParameterizedTest(struct parameter *parameter, jumps, control)
{
    static struct outcome outcome;
    attack(&outcome, parameter, "plain");
    expect_exit(&outcome, 42);
    cr_assert_str_eq(outcome.out, "win\n");
}

ParameterizedTestParameters(jumps, hardened)
{
    return parameters_of(ROWS, BUILDS);
}

ParameterizedTest(struct parameter *parameter, jumps, hardened)
{
    const struct row *row = &rows[parameter->row];
    static struct outcome outcome;
    attack(&outcome, parameter, "hardened");
    if (row->open) {
        expect_exit(&outcome, 42);
        cr_assert_str_eq(outcome.out, "win\n");
        return;
    }
    cr_assert(strstr(outcome.out, "win") == NULL, "taken over");
    if (row->report == NULL) {
        expect_exit(&outcome, 0);
        cr_assert_str_eq(outcome.out, "survived\n");
        expect_silence(&outcome);
        return;
    }
    expect_signal(&outcome, SIGABRT);
    expect_report(&outcome, row->report);
    expect_report(&outcome, "^SUMMARY: MemSentry: invalid-jump");
}
