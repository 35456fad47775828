/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Runs a program under test and keeps what came of it.
 */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct outcome {
    char program[512];
    bool timed_out;
    int status; /* exit status, -1 when a signal ended it */
    int signal; /* the signal that ended it, 0 when it exited */
    char out[16384];
    char err[65536];
};

/*
 * Runs argv[0] with standard input empty and `environment` (NAME=value, NULL-terminated, may be
 * NULL) on top of ours, at most `seconds`. What a test says about the outcome, it says by
 * Criterion's assertions. Not thread-safe.
 */
void run(struct outcome *outcome, char *const argv[], char *const environment[], int seconds);

/* Asserts: ended by exit with this status. Shows standard error when not. */
void expect_exit(const struct outcome *outcome, int status);
/* Asserts: ended by this signal. */
void expect_signal(const struct outcome *outcome, int signal);
/*
 * Asserts that standard error matches the POSIX extended regular expression; "^" and "$" are at
 * the ends of lines.
 */
void expect_report(const struct outcome *outcome, const char *pattern);
/* Asserts that standard error has no report of ours. */
void expect_silence(const struct outcome *outcome);

#endif
