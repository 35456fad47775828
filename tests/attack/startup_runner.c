/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where a program cannot be protected it does not start, and says why and what to do. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define PROGRAM PROGRAM_DIR "/isolation-hardened-O2"
#define ISOLATION_ARGUMENT "own_return_address"

static struct outcome outcome;

static void shell(const char *command)
{
    run(&outcome, (char *[]){"/bin/sh", "-c", (char *)command, NULL}, NULL, 30);
}

static void refuses(const char *command, const char *message)
{
    shell(command);
    expect_exit(&outcome, 78);
    char pattern[512];
    snprintf(pattern, sizeof pattern, "^memsentry: error: %s$", message);
    expect_report(&outcome, pattern);
    cr_assert_str_empty(outcome.out);
}

Test(startup, address_space_limit)
{
    refuses(
        "ulimit -v 1000000; exec " PROGRAM,
        "cannot reserve address space for the safe regions: the limit on virtual memory is "
        "1000000 KiB and address space, not memory, of 85 TiB is needed; run with 'ulimit -v "
        "unlimited'");
}

Test(startup, unlimited_stack)
{
    refuses(
        "ulimit -s unlimited; exec " PROGRAM,
        "the mapping 0x[0-9a-f]+-0x[0-9a-f]+ \\(.*\\) lies where the safe regions belong; an "
        "unlimited stack makes the kernel use the legacy address-space layout: set a finite "
        "one, for instance 'ulimit -s 8192'");
}

Test(startup, legacy_layout)
{
    refuses(
        "exec setarch -L " PROGRAM,
        "the mapping 0x[0-9a-f]+-0x[0-9a-f]+ \\(.*\\) lies where the safe regions belong; the "
        "legacy address-space layout is on: run the program without 'setarch -L'");
}

Test(startup, foreign_mapping)
{
    refuses(
        "LD_PRELOAD=" PROGRAM_DIR "/libforeign.so exec " PROGRAM,
        "the mapping 0x140000000000-0x140000001000 \\(anonymous memory\\) lies where the safe "
        "regions belong; nothing may be mapped below the split address before the program "
        "starts");
}

Test(startup, not_position_independent)
{
    refuses(
        PROGRAM_DIR "/not-pie",
        "the program lies at 0x[0-9a-f]+, in the lower half: it must be position independent; "
        "link it with '-pie'");
}

#define KNOWN_OPTIONS                                                                          \
    "options are separated by ':' and these are known: help=0\\|1, verbose=0\\|1, log_fd=N, "  \
    "syslog=0\\|1"

Test(startup, unknown_option)
{
    refuses("MEMSENTRY_OPTIONS=nonsense exec " PROGRAM,
            "unknown option 'nonsense' in MEMSENTRY_OPTIONS; " KNOWN_OPTIONS);
}

Test(startup, invalid_option_value)
{
    refuses("MEMSENTRY_OPTIONS=verbose=2 exec " PROGRAM,
            "invalid value 'verbose=2' in MEMSENTRY_OPTIONS; " KNOWN_OPTIONS);
}

Test(startup, help)
{
    shell("MEMSENTRY_OPTIONS=help=1 exec " PROGRAM);
    expect_exit(&outcome, 0);
    expect_report(&outcome,
                  "^MemSentry options \\(MEMSENTRY_OPTIONS=name=value:\\.\\.\\.\\):$");
    expect_report(&outcome, "^  verbose=0\\|1  say at start-up what protects the program$");
}

Test(startup, verbose)
{
    shell("MEMSENTRY_OPTIONS=verbose=1 exec " PROGRAM);
    expect_exit(&outcome, 0);
    expect_report(&outcome, "^==[0-9]+==MemSentry [0-9.]+: backend sfi, guards by (guard pages|"
                            "mprotect), sealed: (yes|no), safe stack of the main thread "
                            "0x[0-9a-f]{12}-0x[0-9a-f]{12}$");
}

/* Kernels and containers with less: another way to the same protection, said by status. */
static void falls_back(const char *how, const char *status)
{
    char command[1024];
    snprintf(command, sizeof command, "MEMSENTRY_OPTIONS=verbose=1 exec %s " PROGRAM, how);
    shell(command);
    expect_exit(&outcome, 0);
    expect_report(&outcome, status);
    snprintf(command, sizeof command, "exec %s " PROGRAM " " ISOLATION_ARGUMENT, how);
    shell(command);
    expect_signal(&outcome, SIGSEGV);
    expect_report(&outcome, "ERROR: MemSentry: blocked write of 8 bytes at 0x[0-9a-f]{12} "
                            "\\(safe region \"safestack\", thread 0\\)$");
    snprintf(command, sizeof command, "exec %s " PROGRAM " safe_stack_overflow", how);
    shell(command);
    expect_signal(&outcome, SIGSEGV);
    expect_report(&outcome, "ERROR: MemSentry: overflow of the safe stack of ");
    snprintf(command, sizeof command,
             "exec %s " CONFORMANCE_DIR "/sfi-regions-O2 && exec %s " CONFORMANCE_DIR
             "/sfi-threads-O2",
             how, how);
    shell(command);
    expect_exit(&outcome, 0);
}

Test(startup, kernel_without_mseal)
{
    falls_back(PROGRAM_DIR "/deny mseal", "guards by guard pages, sealed: no, ");
}

Test(startup, kernel_without_guard_pages)
{
    falls_back(PROGRAM_DIR "/deny guard-pages", "guards by mprotect, sealed: no, ");
}

Test(startup, data_limit)
{
    falls_back("prlimit --data=214748364800", "guards by mprotect, sealed: no, ");
}

/* The loader is the program then, and the program one of its mappings. */
Test(startup, by_the_loader)
{
    shell("exec /lib64/ld-linux-x86-64.so.2 " PROGRAM " " ISOLATION_ARGUMENT);
    expect_signal(&outcome, SIGSEGV);
    expect_report(&outcome, "ERROR: MemSentry: blocked write of 8 bytes at 0x[0-9a-f]{12} "
                            "\\(safe region \"safestack\", thread 0\\)$");
}

Test(startup, preloaded_library)
{
    shell("LD_PRELOAD=" PROGRAM_DIR "/libpreload.so exec " PROGRAM " other_thread");
    expect_signal(&outcome, SIGSEGV);
    cr_assert(strstr(outcome.out, "preloaded\n") != NULL);
    expect_report(&outcome, "ERROR: MemSentry: blocked write of 8 bytes at 0x[0-9a-f]{12} "
                            "\\(safe region \"safestack\", thread 0\\)$");
}

/* A privileged program does not listen to the environment of whoever calls it. */
Test(startup, set_user_id)
{
    if (geteuid() != 0)
        cr_skip_test("only root can make a set-user-ID program of another user's");
    /* A static one: the other user may not get at the build directory. */
    shell("d=$(mktemp -d) && cp " PROGRAM_DIR "/isolation-hardened-static $d/program && "
          "chown nobody $d/program && chmod 4755 $d/program && "
          "MEMSENTRY_OPTIONS=verbose=1 $d/program; s=$?; rm -r $d; exit $s");
    expect_exit(&outcome, 0);
    expect_silence(&outcome);
}

/* mlockall by a user who may lock next to nothing fails as it should, and reads nothing in. */
Test(startup, ordinary_user_locks_memory)
{
    if (geteuid() != 0)
        cr_skip_test("only root can become another user");
    shell(
        "d=$(mktemp -d) && chmod 755 $d && cp " CONFORMANCE_DIR
        "/sfi-static-process-O2 $d/program "
        "&& setpriv --reuid=nobody --regid=nogroup --clear-groups $d/program; s=$?; rm -r $d; "
        "exit $s");
    expect_exit(&outcome, 0);
}

/* With standard error closed nothing is written, and the program ends all the same. */
Test(startup, closed_standard_error)
{
    shell("exec " PROGRAM " " ISOLATION_ARGUMENT " 2>&-");
    expect_signal(&outcome, SIGSEGV);
    cr_assert_str_empty(outcome.out);
}

/* For daemons, whose standard error may be a socket of theirs by now. */
Test(startup, report_to_a_descriptor)
{
    shell("MEMSENTRY_OPTIONS=log_fd=5 exec " PROGRAM " " ISOLATION_ARGUMENT " 5>&1 2>&-");
    expect_signal(&outcome, SIGSEGV);
    cr_assert(strstr(outcome.out, "ERROR: MemSentry: blocked write of 8 bytes at ") != NULL);
}

Test(startup, report_to_the_system_log)
{
    if (geteuid() != 0)
        cr_skip_test("only root can put a system log of its own in place");
    shell("exec unshare -m " SOURCE_DIR "/syslog.sh " PROGRAM " " ISOLATION_ARGUMENT);
    expect_exit(&outcome, 0);
    cr_assert(strstr(outcome.out, "]: SUMMARY: MemSentry: blocked-write (") != NULL, "%s%s",
              outcome.out, outcome.err);
    cr_assert(strncmp(outcome.out, "<11>memsentry[", 14) == 0, "%s", outcome.out);
}

/* The lower half is not in it, but the safe stack, so that debuggers find their way. */
Test(startup, core_file_is_small_and_has_a_backtrace)
{
    shell("read pattern < /proc/sys/kernel/core_pattern; [ \"$pattern\" = core ]");
    if (outcome.status != 0)
        cr_skip_test("kernel.core_pattern sends core files elsewhere");
    shell("d=$(mktemp -d) && cd $d && ulimit -c unlimited; " PROGRAM " " ISOLATION_ARGUMENT
          " 2>/dev/null; du -k core*; gdb -batch -ex bt " PROGRAM
          " core* 2>&1; cd /; rm -r $d");
    expect_exit(&outcome, 0);
    int kib = 0;
    cr_assert(sscanf(outcome.out, "%d", &kib) == 1 && kib > 0 && kib < 2048, "%s", outcome.out);
    const char *frame = strstr(outcome.out, "#0 ");
    cr_assert(frame != NULL && strstr(frame, "corrupted_store") != NULL &&
                  strstr(frame, "in main (") != NULL,
              "%s", outcome.out);
}
