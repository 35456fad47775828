/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Runs a command and appends to a file what it used, its children included: seconds of CPU
 * time, KiB of memory at the most, instructions in user mode ("-" where they cannot be
 * counted). A small program of its own, because a process starts with the peak memory of who
 * starts it.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int signal)
{
    kill(child, signal);
}

static void fail(const char *what)
{
    fprintf(stderr, "measure: error: %s: %s\n", what, strerror(errno));
    exit(127);
}

/* Of the process and of what it starts, from its next exec on. */
static int count_instructions(pid_t process)
{
    struct perf_event_attr event = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof event,
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .disabled = 1,
        .enable_on_exec = 1,
        .inherit = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };

    return (int)syscall(SYS_perf_event_open, &event, process, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int start(char **command)
{
    int ready[2];
    char byte;

    if (pipe(ready) != 0)
        fail("pipe");
    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        close(ready[1]);
        if (read(ready[0], &byte, 1) != 0)
            _exit(127);
        close(ready[0]);
        execvp(command[0], command);
        fail(command[0]);
    }
    close(ready[0]);
    int counter = count_instructions(child);
    close(ready[1]);
    return counter;
}

static void report(const char *name, const struct rusage *usage, int counter)
{
    unsigned long long instructions;
    double seconds = (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                     (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
    FILE *file = fopen(name, "a");

    if (!file)
        fail(name);
    fprintf(file, "%.6f %ld ", seconds, usage->ru_maxrss);
    if (counter >= 0 &&
        read(counter, &instructions, sizeof instructions) == (ssize_t)sizeof instructions)
        fprintf(file, "%llu\n", instructions);
    else
        fprintf(file, "-\n");
    if (fclose(file) != 0)
        fail(name);
}

int main(int argc, char **argv)
{
    int status;
    struct rusage usage;

    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE COMMAND...\n");
        return 2;
    }
    int counter = start(argv + 2);
    /* That is how a server gets to know that it is done, or that whoever wanted it is gone. */
    signal(SIGTERM, pass_on);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            fail("wait4");
    report(argv[1], &usage, counter);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
