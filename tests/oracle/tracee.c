/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Victims by ptrace; see tracee.h. */
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of <linux/fs.h> since Linux 6.7; Debian's headers are older than its kernels here. */
struct page_region {
    uint64_t start, end, categories;
};
struct page_scan {
    uint64_t size, flags, start, end, walk_end, regions, regions_length, max_pages,
        category_inverted, category_mask, category_any, return_mask;
};
#define PAGE_SCAN _IOWR('f', 16, struct page_scan)
#define PAGE_PRESENT_OR_SWAPPED ((1 << 3) | (1 << 4))

/* Where all victims write, one after the other. */
static int report_file(void)
{
    static int file = -1;
    if (file < 0)
        file = memfd_create("report", MFD_CLOEXEC);
    return file;
}

static _Noreturn void become(const char *program, const char *workload, int to_tracer)
{
    /* The same addresses for the same seed. */
    personality(ADDR_NO_RANDOMIZE);
    dup2(report_file(), 2);
    dup2(to_tracer, ORACLE_PIPE);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    char *const argv[] = {(char *)program, (char *)workload, NULL};
    execv(program, argv);
    perror(program);
    _exit(127);
}

/* Blocks until the next stop; false when there is none any more. */
static bool wait_for_stop(struct tracee *tracee, int signal)
{
    while (waitpid(tracee->pid, &tracee->status, __WALL) == tracee->pid) {
        if (!WIFSTOPPED(tracee->status))
            return false;
        if (tracee->status >> 8 == signal)
            return true;
        ptrace(PTRACE_CONT, tracee->pid, NULL, WSTOPSIG(tracee->status));
    }
    return false;
}

/* The other thread says that it is there, and goes to sleep after that. */
static void wait_for_sleep(const struct tracee *tracee)
{
    char name[64], stat[128];
    snprintf(name, sizeof name, "/proc/%d/task/%d/stat", tracee->pid, tracee->self.parked);
    for (int i = 0; i < 10000; i++) {
        int file = open(name, O_RDONLY | O_CLOEXEC);
        ssize_t got = read(file, stat, sizeof stat - 1);
        close(file);
        stat[got > 0 ? got : 0] = '\0';
        if (strstr(stat, ") S ") != NULL)
            return;
        usleep(50);
    }
}

bool tracee_start(struct tracee *tracee, const char *program, const char *workload)
{
    int pipe[2];
    memset(tracee, 0, sizeof *tracee);
    if (pipe2(pipe, O_CLOEXEC) != 0 || ftruncate(report_file(), 0) != 0 ||
        lseek(report_file(), 0, SEEK_SET) != 0 || (tracee->pid = fork()) < 0) {
        perror("oracle");
        exit(1);
    }
    if (tracee->pid == 0)
        become(program, workload, pipe[1]);
    close(pipe[1]);
    bool started = wait_for_stop(tracee, SIGTRAP) &&
                   ptrace(PTRACE_SETOPTIONS, tracee->pid, NULL,
                          PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT) == 0 &&
                   ptrace(PTRACE_CONT, tracee->pid, NULL, NULL) == 0 &&
                   wait_for_stop(tracee, SIGSTOP) &&
                   read(pipe[0], &tracee->self, sizeof tracee->self) == sizeof tracee->self;
    close(pipe[0]);
    if (started)
        wait_for_sleep(tracee);
    return started;
}

void tracee_continue(struct tracee *tracee)
{
    ptrace(PTRACE_CONT, tracee->pid, NULL, NULL);
}

/* Control flow is not what the attacker may change: where he has, a fault tells. */
static void find_lost(struct tracee *tracee)
{
    struct user_regs_struct registers;
    char name[64], line[4352], access[5];
    unsigned long start, end;
    bool code = false;
    snprintf(name, sizeof name, "/proc/%d/maps", tracee->pid);
    FILE *maps = fopen(name, "re");
    if (maps == NULL || ptrace(PTRACE_GETREGS, tracee->pid, NULL, &registers) != 0) {
        perror("oracle: a victim's registers and mappings");
        exit(1);
    }
    while (!code && fgets(line, sizeof line, maps) != NULL)
        code = sscanf(line, "%lx-%lx %4s", &start, &end, access) == 3 && access[2] == 'x' &&
               registers.rip >= start && registers.rip < end;
    fclose(maps);
    if (!code)
        tracee->lost = registers.rip;
}

/* What a stop means; the tracee runs again unless it has ended. */
static enum event handle_stop(struct tracee *tracee)
{
    if (tracee->status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
        unsigned long status = 0;
        ptrace(PTRACE_GETEVENTMSG, tracee->pid, NULL, &status);
        tracee->status = (int)status;
        return EVENT_ENDED;
    }
    if (WSTOPSIG(tracee->status) == SIGSEGV || WSTOPSIG(tracee->status) == SIGILL)
        find_lost(tracee);
    ptrace(PTRACE_CONT, tracee->pid, NULL, WSTOPSIG(tracee->status));
    return EVENT_NONE;
}

enum event tracee_poll(struct tracee *tracee)
{
    if (waitpid(tracee->pid, &tracee->status, __WALL | WNOHANG) != tracee->pid)
        return EVENT_NONE;
    return WIFSTOPPED(tracee->status) ? handle_stop(tracee) : EVENT_ENDED;
}

void tracee_hold(struct tracee *tracee)
{
    syscall(SYS_tgkill, tracee->pid, tracee->pid, SIGSTOP);
    while (waitpid(tracee->pid, &tracee->status, __WALL) == tracee->pid &&
           WIFSTOPPED(tracee->status)) {
        if (WSTOPSIG(tracee->status) == SIGSTOP) {
            tracee->timed_out = true;
            return;
        }
        if (handle_stop(tracee) == EVENT_ENDED)
            return;
    }
}

void tracee_finish(struct tracee *tracee)
{
    int status;
    ssize_t got = pread(report_file(), tracee->report, sizeof tracee->report - 1, 0);
    tracee->report[got > 0 ? got : 0] = '\0';
    kill(tracee->pid, SIGKILL);
    /* Held on its way out, it does not hear of the signal. */
    ptrace(PTRACE_CONT, tracee->pid, NULL, NULL);
    while (waitpid(tracee->pid, &status, __WALL) == tracee->pid && WIFSTOPPED(status))
        ptrace(PTRACE_CONT, tracee->pid, NULL, NULL);
}

bool tracee_read(const struct tracee *tracee, uint64_t address, void *buffer, size_t size)
{
    struct iovec local = {buffer, size}, remote = {(void *)address, size};
    return process_vm_readv(tracee->pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool tracee_write(const struct tracee *tracee, uint64_t address, const void *buffer,
                  size_t size)
{
    struct iovec local = {(void *)buffer, size}, remote = {(void *)address, size};
    return process_vm_writev(tracee->pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

int tracee_pages(const struct tracee *tracee, uint64_t start, uint64_t end,
                 void (*visit)(void *closure, uint64_t page), void *closure)
{
    char name[64];
    struct page_region regions[64];
    snprintf(name, sizeof name, "/proc/%d/pagemap", tracee->pid);
    int file = open(name, O_RDONLY | O_CLOEXEC), error = 0;
    if (file < 0)
        return -errno;
    while (start < end) {
        struct page_scan scan = {.size = sizeof scan,
                                 .start = start,
                                 .end = end,
                                 .regions = (uint64_t)regions,
                                 .regions_length = 64,
                                 .category_any = PAGE_PRESENT_OR_SWAPPED,
                                 .return_mask = PAGE_PRESENT_OR_SWAPPED};
        int found = ioctl(file, PAGE_SCAN, &scan);
        if (found < 0) {
            error = -errno;
            break;
        }
        for (int i = 0; i < found; i++) {
            for (uint64_t page = regions[i].start; page < regions[i].end; page += PAGE)
                visit(closure, page);
        }
        start = scan.walk_end;
    }
    close(file);
    return error;
}
