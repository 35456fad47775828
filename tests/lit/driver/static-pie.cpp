// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A static, position-independent executable: threads, exceptions, signals and the threads that
// libc makes by itself, with each linker that can link one. gold cannot, without us either.

// RUN: %memsentry-clangxx -Werror -fsanitize=safe-stack -fmemsentry=sfi -static-pie %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: env MEMSENTRY_OPTIONS=verbose=1 %t 2>&1 | %FileCheck --check-prefix=VERBOSE %s
// RUN: llvm-readelf -dlW %t | %FileCheck --check-prefix=ELF %s
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -static-pie -O2 -ffunction-sections -Wl,--gc-sections %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: env MEMSENTRY_OPTIONS=verbose=1 %t 2>&1 | %FileCheck --check-prefix=VERBOSE %s
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -static-pie -O2 -ffunction-sections -Wl,--gc-sections -fuse-ld=lld %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: env MEMSENTRY_OPTIONS=verbose=1 %t 2>&1 | %FileCheck --check-prefix=VERBOSE %s
// Without a defense.
// RUN: %memsentry-clangxx -Wno-memsentry-no-safestack -fmemsentry=sfi -static-pie %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: env MEMSENTRY_OPTIONS=verbose=1 %t 2>&1 | %FileCheck --check-prefix=OPEN %s
// An archive of the user's finds what it needs, whichever way the inputs are named.
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -O1 -c %s -o %t.o && rm -f %t.a && llvm-ar rc %t.a %t.o
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -static-pie -o %t -u main %t.a && %t
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -static-pie -o %t -x c++ %s && %t
// RUN: %memsentry-clangxx -fsanitize=safe-stack -fmemsentry=sfi -static-pie -o %t -- %s && %t

// CHECK: thread 1, exception 1, signal 1, timer 1
// VERBOSE: MemSentry {{.*}}: backend sfi, {{.*}}safe stack of the main thread 0x
// OPEN: MemSentry {{.*}}: backend sfi, {{.*}}stacks not isolated
// ELF: Elf file type is DYN
// ELF-NOT: INTERP
// ELF: GNU_RELRO
// ELF-NOT: NEEDED

#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <semaphore.h>
#include <stdexcept>
#include <thread>

static volatile sig_atomic_t signalled;
static sem_t expired;

static void on_signal(int, siginfo_t *info, void *)
{
    char text[16];

    snprintf(text, sizeof text, "%d", info->si_signo);
    signalled = strcmp(text, "10") == 0;
}

static void on_timer(union sigval)
{
    char text[16];

    snprintf(text, sizeof text, "expired");
    sem_post(&expired);
}

__attribute__((noinline)) static void fail(int depth)
{
    char text[32];

    snprintf(text, sizeof text, "depth %d", depth);
    if (depth == 3)
        throw std::runtime_error(text);
    fail(depth + 1);
}

static bool caught()
{
    try {
        fail(0);
    } catch (const std::exception &error) {
        return strcmp(error.what(), "depth 3") == 0;
    }
    return false;
}

int main()
{
    bool in_thread = false;
    struct sigaction action = {};
    struct sigevent event = {};
    struct itimerspec soon = {};
    timer_t timer;

    std::thread([&] { in_thread = caught(); }).join();
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, nullptr);
    raise(SIGUSR1);
    sem_init(&expired, 0, 0);
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_notify_function = on_timer;
    soon.it_value.tv_nsec = 1;
    int started = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
                  timer_settime(timer, 0, &soon, nullptr) == 0;
    if (started)
        sem_wait(&expired);
    printf("thread %d, exception %d, signal %d, timer %d\n", in_thread, caught(), signalled,
           started);
    return 0;
}
