/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attacks out of signal handlers, and out of what comes of them. The kernel calls a handler
 * with bound checks off. Compiled with STOCK_HANDLERS, the handlers are set behind the
 * runtime's back, as a stock program does: the control.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "region.h"

static volatile long *volatile aimed;
static sigjmp_buf back;

static void strike(void)
{
    *CORRUPTED(aimed) = 0x4141414141414141;
}

__asm__(MEMSENTRY_REVIEWED_ASM "restore_stock:\n\tmov $15, %eax\n\tsyscall");
extern void restore_stock(void);

/* The kernel's idea of a sigaction. */
struct stock_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

#ifdef STOCK_HANDLERS
MEMSENTRY_NO_SANITIZE static void set(int signal, void (*handler)(int))
{
    const struct stock_action action = {handler, 0x04000000, restore_stock, 0};
    long result = SYS_rt_sigaction;
    register long size __asm__("r10") = 8;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(signal), "S"(&action), "d"(0), "r"(size)
                     : "rcx", "r11", "memory");
    if (result != 0)
        exit(3);
}
#else
static void set(int signal_number, void (*handler)(int))
{
    if (signal(signal_number, handler) == SIG_ERR)
        exit(3);
}
#endif

static void strike_there(int number)
{
    (void)number;
    strike();
}

static void jump_back(int number)
{
    siglongjmp(back, number);
}

static void *thread(void *argument)
{
    strike();
    return argument;
}

static void start_thread(int number)
{
    pthread_t other;
    (void)number;
    if (pthread_create(&other, NULL, thread, NULL) != 0)
        exit(3);
    pthread_join(other, NULL);
}

static void start_child(int number)
{
    int status = 0;
    (void)number;
    pid_t child = fork();
    if (child == 0) {
        strike();
        puts(state_of_region());
        exit(0);
    }
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        set(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    exit(0);
}

static void interrupt(int number)
{
    (void)number;
    set(SIGUSR2, strike_there);
    raise(SIGUSR2);
}

static void aim(char *target, void (*handler)(int))
{
    aimed = (volatile long *)target;
    set(SIGUSR1, handler);
    raise(SIGUSR1);
}

static void in_handler(char *target)
{
    aim(target, strike_there);
}

/* By the kernel's own call, which the runtime sees in instrumented code. */
static void in_handler_by_number(char *target)
{
    const struct stock_action action = {strike_there, 0x04000000, restore_stock, 0};
    struct stock_action old = {0};
    aimed = (volatile long *)target;
#ifdef STOCK_HANDLERS
    set(SIGUSR1, strike_there);
#else
    if (syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8) != 0)
        exit(3);
#endif
    if (syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 8) != 0 || old.handler != action.handler)
        exit(3);
    raise(SIGUSR1);
}

/* libc has more names for it. */
static void in_handler_by_sigset(char *target)
{
    aimed = (volatile long *)target;
#ifdef STOCK_HANDLERS
    set(SIGUSR1, strike_there);
#else
    if (sigset(SIGUSR1, strike_there) != SIG_DFL || sigset(SIGUSR1, SIG_HOLD) != strike_there ||
        sigset(SIGUSR1, strike_there) != SIG_HOLD)
        exit(3);
#endif
    raise(SIGUSR1);
}

static void in_handler_of_handler(char *target)
{
    aim(target, interrupt);
}

static void after_jump(char *target)
{
    if (sigsetjmp(back, 1) == 0)
        aim(target, jump_back);
    strike();
}

/* A fault, mended by a jump. */
static void after_fault(char *target)
{
    aimed = (volatile long *)target;
    set(SIGSEGV, jump_back);
    if (sigsetjmp(back, 1) == 0)
        raise(SIGSEGV);
    set(SIGSEGV, SIG_DFL);
    strike();
}

static void after_return(char *target)
{
    aim(target, SIG_IGN);
    strike();
}

static void strike_at_end(void *argument)
{
    (void)argument;
    strike();
}

/* A thread that waits is cancelled out of a handler of libc's own. */
static void *cancelled_thread(void *argument)
{
    pthread_cleanup_push(strike_at_end, NULL);
    for (;;)
        pause();
    pthread_cleanup_pop(0);
    return argument;
}

static void at_cancellation(char *target)
{
    pthread_t other;
    aimed = (volatile long *)target;
    if (pthread_create(&other, NULL, cancelled_thread, NULL) != 0)
        exit(3);
    usleep(100000);
    pthread_cancel(other);
    pthread_join(other, NULL);
}

static void in_thread_of_handler(char *target)
{
    aim(target, start_thread);
}

static void in_child_of_handler(char *target)
{
    aim(target, start_child);
}

/* Threads that are interrupted, jump and strike, all at the same time. */
enum { THREADS = 40, ROUNDS = 5 };
static _Thread_local sigjmp_buf storm_back;

static void storm_jump(int number)
{
    siglongjmp(storm_back, number);
}

static void *storm_thread(void *argument)
{
    for (volatile int i = 0; i < ROUNDS; i = i + 1) {
        if (sigsetjmp(storm_back, 1) == 0)
            pthread_kill(pthread_self(), SIGUSR1);
        if (sigsetjmp(storm_back, 1) == 0)
            strike(); /* a fault, from which the handler jumps */
    }
    return argument;
}

static void in_storm(char *target)
{
    pthread_t threads[THREADS];
    aimed = (volatile long *)target;
    set(SIGUSR1, storm_jump);
    set(SIGSEGV, storm_jump);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, storm_thread, NULL) != 0)
            exit(3);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(int count, char **arguments)
{
    static const struct primitive primitives[] = {
#define PRIMITIVE(name, stopped, control) {#name, name},
#include "handlers.def"
    };
    return attack(primitives, sizeof primitives / sizeof *primitives, count, arguments);
}
