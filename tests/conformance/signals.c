/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Signal handlers: siginfo, context, alternate stacks, nesting, siglongjmp, what queries
 * return. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

static volatile int plain_calls, info_calls, depth;
static sigjmp_buf back;
static char alternate[65536];

static void plain(int signal)
{
    char buffer[64];
    escape(buffer);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    CHECK(signal == SIGUSR1);
    plain_calls++;
}

static void with_info(int signal, siginfo_t *info, void *argument)
{
    ucontext_t *context = argument;
    CHECK(on_safe_stack() && is_ordinary(info) && is_ordinary(context));
    CHECK(info->si_signo == signal && info->si_value.sival_int == 1234);
    CHECK(context->uc_mcontext.gregs[REG_RIP] != 0 && is_ordinary(context->uc_mcontext.fpregs));
    /* The handler may write to what it gets. */
    info->si_signo = 0;
    sigaddset(&context->uc_sigmask, SIGUSR1);
    info_calls++;
}

static void nested(int signal)
{
    char buffer[512];
    memset(buffer, depth, sizeof buffer);
    escape(buffer);
    if (++depth < 5)
        raise(signal);
    CHECK(buffer[0] == buffer[511]);
}

static void jumps(int signal)
{
    siglongjmp(back, signal);
}

static void on_alternate(int signal)
{
    char buffer[64];
    (void)signal;
    escape(buffer);
    CHECK(buffer >= alternate && buffer < alternate + sizeof alternate);
    stack_t query;
    CHECK(sigaltstack(NULL, &query) == 0 && (query.ss_flags & SS_ONSTACK) != 0);
    stack_t other = {.ss_flags = SS_DISABLE};
    CHECK(sigaltstack(&other, NULL) == -1 && errno == EPERM);
    plain_calls++;
}

static int overflow(volatile int level)
{
    char buffer[1024];
    memset(buffer, level, sizeof buffer);
    escape(buffer);
    return level == 0 ? 0 : overflow(level - 1) + buffer[level % 1024];
}

/* More than half a MiB of return addresses and saved registers, and as much of locals. */
static int descend(int level)
{
    char local[48];
    memset(local, level, sizeof local);
    escape(local);
    const int below = level == 0 ? 0 : descend(level - 1);
    CHECK(local[47] == (char)level);
    return below + 1;
}

static void descends(int signal)
{
    (void)signal;
    CHECK(descend(12000) == 12001);
    plain_calls++;
}

/* A handler that needs much of a large alternate stack, on either side of the split. */
static void large_alternate(void)
{
    const size_t size = 4 << 20;
    const stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
    const stack_t none = {.ss_flags = SS_DISABLE};
    const struct sigaction action = {.sa_handler = descends, .sa_flags = SA_ONSTACK};
    CHECK(stack.ss_sp != NULL && sigaltstack(&stack, NULL) == 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    plain_calls = 0;
    raise(SIGUSR1);
    CHECK(plain_calls == 1 && sigaltstack(&none, NULL) == 0);
    free(stack.ss_sp);
}

static void queries(void)
{
    struct sigaction set = {.sa_sigaction = with_info, .sa_flags = SA_SIGINFO | SA_RESTART},
                     got;
    sigaddset(&set.sa_mask, SIGUSR1);
    CHECK(sigaction(SIGUSR2, &set, NULL) == 0);
    CHECK(sigaction(SIGUSR2, NULL, &got) == 0);
    /* libc alone shows a flag of its own. */
    got.sa_flags &= ~0x04000000;
    CHECK(got.sa_sigaction == with_info && got.sa_flags == (SA_SIGINFO | SA_RESTART));
    CHECK(sigismember(&got.sa_mask, SIGUSR1) == 1);
    CHECK(sigaction(SIGSEGV, NULL, &got) == 0 && got.sa_handler == SIG_DFL);
    CHECK(signal(SIGSEGV, jumps) == SIG_DFL && signal(SIGSEGV, SIG_DFL) == jumps);
    CHECK(signal(SIGUSR1, plain) == SIG_DFL && signal(SIGUSR1, SIG_IGN) == plain);
    CHECK(signal(SIGUSR1, plain) == SIG_IGN);
    CHECK(sigaction(SIGKILL, &set, NULL) == -1 && errno == EINVAL);
    CHECK(sigaction(1000, &set, NULL) == -1 && errno == EINVAL);
    CHECK(signal(1000, plain) == SIG_ERR);
}

static void *in_thread(void *argument)
{
    raise(SIGUSR1);
    return argument;
}

int main(void)
{
    queries();
    raise(SIGUSR1);
    CHECK(plain_calls == 1);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, in_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0 && plain_calls == 2);

    CHECK(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 1234}) == 0);
    CHECK(info_calls == 1);
    sigset_t mask;
    CHECK(sigprocmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGUSR1) == 1);
    sigemptyset(&mask);
    CHECK(sigprocmask(SIG_SETMASK, &mask, NULL) == 0);

    struct sigaction action = {.sa_handler = nested, .sa_flags = SA_NODEFER};
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    raise(SIGUSR1);
    CHECK(depth == 5);

    CHECK(signal(SIGUSR1, jumps) == nested);
    for (int i = 0; i < 1000; i++)
        if (sigsetjmp(back, 1) == 0)
            raise(SIGUSR1);
    CHECK(sigprocmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGUSR1) == 0);

    large_alternate();
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, old;
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_flags == SS_DISABLE);
    CHECK(sigaltstack(&stack, NULL) == 0 && sigaltstack(NULL, &old) == 0);
    CHECK(old.ss_sp == alternate && old.ss_size == sizeof alternate && old.ss_flags == 0);
    action = (struct sigaction){.sa_handler = on_alternate, .sa_flags = SA_ONSTACK};
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    plain_calls = 0;
    raise(SIGUSR1);
    CHECK(plain_calls == 1);

    /* An overflow of the unsafe stack is survived on the alternate one. */
    action = (struct sigaction){.sa_handler = jumps, .sa_flags = SA_ONSTACK};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    volatile int overflows = 0;
    for (volatile int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) != 0)
            overflows++;
        else
            overflow(1 << 30);
    CHECK(overflows == 3);
    return 0;
}
