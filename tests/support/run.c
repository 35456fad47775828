/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Runs programs under test; see run.h. */
#include "run.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void execute(char *const argv[], char *const environment[], int out, int err)
{
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(out, 1);
    dup2(err, 2);
    for (int i = 0; environment != NULL && environment[i] != NULL; i++)
        putenv(environment[i]);
    /* Criterion catches signals; the program starts like any other. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], argv);
    dprintf(2, "cannot run %s\n", argv[0]);
    _exit(127);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Reads what there is; returns whether more may come. */
static bool drain(int fd, char *buffer, size_t size)
{
    size_t length = strlen(buffer);
    char overflow[4096];
    bool full = length + 1 >= size;
    ssize_t got = full ? read(fd, overflow, sizeof overflow)
                       : read(fd, buffer + length, size - 1 - length);
    if (got > 0 && !full)
        buffer[length + (size_t)got] = '\0';
    return got > 0;
}

void run(struct outcome *outcome, char *const argv[], char *const environment[], int seconds)
{
    memset(outcome, 0, sizeof *outcome);
    snprintf(outcome->program, sizeof outcome->program, "%s", argv[0]);
    int out[2], err[2];
    cr_assert(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    pid_t child = fork();
    cr_assert(child >= 0);
    if (child == 0)
        execute(argv, environment, out[1], err[1]);
    close(out[1]);
    close(err[1]);

    struct pollfd ends[2] = {{.fd = out[0], .events = POLLIN},
                             {.fd = err[0], .events = POLLIN}};
    const double end = now() + seconds;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        double left = end - now();
        if (left <= 0 || poll(ends, 2, (int)(left * 1000) + 1) == 0) {
            outcome->timed_out = true;
            kill(child, SIGKILL);
            break;
        }
        if (ends[0].revents != 0 && !drain(ends[0].fd, outcome->out, sizeof outcome->out))
            ends[0].fd = -1;
        if (ends[1].revents != 0 && !drain(ends[1].fd, outcome->err, sizeof outcome->err))
            ends[1].fd = -1;
    }
    close(out[0]);
    close(err[0]);
    int status;
    cr_assert(waitpid(child, &status, 0) == child);
    outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void expect_end(const struct outcome *outcome, int status, int signal)
{
    cr_assert(!outcome->timed_out, "%s timed out\n%s%s", outcome->program, outcome->out,
              outcome->err);
    cr_assert(outcome->status == status && outcome->signal == signal,
              "%s: exit status %d, signal %d instead of %d, %d\n%s%s", outcome->program,
              outcome->status, outcome->signal, status, signal, outcome->out, outcome->err);
}

void expect_exit(const struct outcome *outcome, int status)
{
    expect_end(outcome, status, 0);
}

void expect_signal(const struct outcome *outcome, int signal)
{
    expect_end(outcome, -1, signal);
}

void expect_report(const struct outcome *outcome, const char *pattern)
{
    regex_t expression;
    cr_assert(regcomp(&expression, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB) == 0,
              "bad pattern %s", pattern);
    bool found = regexec(&expression, outcome->err, 0, NULL, 0) == 0;
    regfree(&expression);
    cr_assert(found, "no match for \"%s\" in\n%s", pattern, outcome->err);
}

void expect_silence(const struct outcome *outcome)
{
    cr_assert(strstr(outcome->err, "MemSentry") == NULL, "a report:\n%s", outcome->err);
}
