/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * setjmp and longjmp of every kind: both stacks come back, and masks are made anew; buffers
 * that are copied, kept in heaps, used again; with signals, threads, recursion and libc's own
 * longjmp.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

static jmp_buf environment;

static void descend(int level, volatile char *above)
{
    char buffer[300];
    memset(buffer, level, sizeof buffer);
    escape(buffer);
    above[0]++;
    if (level == 0)
        longjmp(environment, 17);
    descend(level - 1, buffer);
}

__attribute__((noinline)) static int store_after_jump(int *first, int *second)
{
    volatile int rounds = 0;
    if (setjmp(environment) == 0) {
        *first = 1;
        longjmp(environment, 1);
    }
    rounds++;
    *first += 2;
    *second = rounds;
    return *first;
}

static void comes_back(void)
{
    char top[16] = {0}, *bottom = NULL;
    for (volatile int i = 0; i < 1000; i++) {
        if (setjmp(environment) == 0)
            descend(20, top);
        char here[16];
        escape(here);
        /* The unsafe stack does not creep. */
        if (bottom == NULL)
            bottom = here;
        CHECK(bottom == here && on_safe_stack());
    }
    CHECK(top[0] == (char)1000);
    int first = 0, second = 0;
    CHECK(store_after_jump(&first, &second) == 3 && second == 1);
}

__attribute__((noinline)) static void jump(jmp_buf buffer, int value)
{
    longjmp(buffer, value);
}

static void values(void)
{
    static const int given[] = {1, -1, 42, 0, 1 << 30};
    static const int seen[] = {1, -1, 42, 1, 1 << 30};
    void (*volatile by_pointer)(jmp_buf, int) = longjmp;
    for (volatile int i = 0; i < 5; i++) {
        volatile int times = 0;
        int value = _setjmp(environment);
        if (times++ == 0)
            jump(environment, given[i]);
        CHECK(value == (times == 2 ? seen[i] : 3));
        if (times == 2)
            by_pointer(environment, 3);
    }
}

static int blocked(void)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, SIGUSR2);
}

static void masks(void)
{
    static sigjmp_buf with, without;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    if (sigsetjmp(with, 1) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(with, 1);
    }
    CHECK(!blocked());
    if (sigsetjmp(without, 0) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(without, 1);
    }
    CHECK(blocked());
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* A buffer may be moved. */
static void copies(void)
{
    jmp_buf first, *volatile second = malloc(sizeof(jmp_buf));
    volatile int times = 0;
    int value = setjmp(first);
    if (times++ == 0) {
        memcpy(*second, first, sizeof first);
        memset(first, 0, sizeof first);
        jump(*second, 5);
    }
    CHECK(value == 5);
    free(*(void *volatile *)&second);
}

/* Many buffers of one function, then as many again. */
static void many(void)
{
    static jmp_buf buffers[500];
    for (volatile int round = 0; round < 3; round++) {
        volatile int i = 0, back = 0;
        for (i = 0; i < 500 && !back; i++)
            if (setjmp(buffers[i]) != 0)
                back = 1;
        if (!back)
            jump(buffers[round * 200], 1);
        CHECK(back == 1);
    }
    for (volatile int i = 0; i < 100000; i++) {
        jmp_buf *volatile buffer = malloc(sizeof *buffer + (size_t)(i % 64));
        if (setjmp(*buffer) == 0)
            jump(*buffer, 1);
        free(*(void *volatile *)&buffer);
    }
}

struct level {
    struct level *above;
    jmp_buf buffer;
};

/* A buffer at each level, and back to each of them. */
__attribute__((noinline)) static void recurse(struct level *above, volatile int left)
{
    struct level here = {.above = above};
    if (setjmp(here.buffer) == 0) {
        if (left == 0)
            longjmp(here.buffer, 1);
        recurse(&here, left - 1);
    }
    char local[32];
    memset(local, left, sizeof local);
    escape(local);
    CHECK(on_safe_stack());
    if (here.above != NULL)
        longjmp(here.above->buffer, 2);
}

/* Functions that return leave nothing behind. */
__attribute__((noinline)) static int returns(int value)
{
    jmp_buf buffer;
    if (setjmp(buffer) == 0) {
        if (value % 3 == 0)
            return value;
        longjmp(buffer, 1);
    }
    return -value;
}

static sigjmp_buf back;
static volatile int handled;

static void leaves(int number)
{
    char local[64];
    memset(local, number, sizeof local);
    escape(local);
    handled++;
    siglongjmp(back, number);
}

static void stays(int number)
{
    sigjmp_buf buffer;
    volatile int times = 0;
    if (sigsetjmp(buffer, times) == 0)
        siglongjmp(buffer, number);
    handled++;
}

static void from_handlers(void)
{
    static char memory[65536];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
    for (volatile int flags = 0; flags < 2; flags++) {
        struct sigaction action = {.sa_handler = leaves, .sa_flags = flags ? SA_ONSTACK : 0};
        sigaction(SIGUSR1, &action, NULL);
        handled = 0;
        for (volatile int i = 0; i < 1000; i++) {
            if (sigsetjmp(back, 1) == 0)
                raise(SIGUSR1);
            CHECK(on_safe_stack());
        }
        CHECK(handled == 1000);
    }
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
}

/* At every moment. */
static void interrupted(void)
{
    for (volatile int leave = 0; leave < 2; leave++) {
        signal(SIGALRM, leave ? leaves : stays);
        handled = 0;
        volatile long rounds = 0;
        if (sigsetjmp(back, 1) != 0) {
            /* Once more, until there were enough. */
        }
        const struct itimerval often = {{0, 200}, {0, 200}};
        setitimer(ITIMER_REAL, &often, NULL);
        while (handled < 300) {
            jmp_buf buffer;
            if (setjmp(buffer) == 0)
                jump(buffer, 1);
            rounds += returns((int)rounds % 100) != 12345;
        }
        setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
        signal(SIGALRM, SIG_IGN);
    }
}

/* As libraries do that are not instrumented, and libc itself. */
static void by_libc(void)
{
    for (volatile int i = 0; i < 3; i++) {
        jmp_buf buffer;
        volatile int times = 0;
        int value = setjmp(buffer);
        if (times++ == 0)
            __asm__ volatile(MEMSENTRY_REVIEWED_ASM "andq $-16, %%rsp\n\tcall longjmp@PLT"
                             :
                             : "D"(buffer), "S"(i + 7)
                             : "memory");
        CHECK(value == i + 7 && on_safe_stack());
    }
}

static volatile int cleaned;

static void clean(void *argument)
{
    char local[64];
    memset(local, 1, sizeof local);
    escape(local);
    CHECK(on_safe_stack());
    cleaned += *(int *)argument;
}

static void *is_cancelled(void *argument)
{
    int one = 1, ten = 10;
    jmp_buf buffer;
    pthread_cleanup_push(clean, &one);
    if (setjmp(buffer) == 0)
        longjmp(buffer, 1);
    pthread_cleanup_push(clean, &ten);
    for (;;)
        pause();
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return argument;
}

__attribute__((noinline)) static void leaves_thread(volatile int depth)
{
    int hundred = 100;
    jmp_buf buffer;
    pthread_cleanup_push(clean, &hundred);
    if (setjmp(buffer) == 0) {
        if (depth > 0)
            leaves_thread(depth - 1);
        pthread_exit(NULL);
    }
    pthread_cleanup_pop(0);
}

static void *exits(void *argument)
{
    leaves_thread(3);
    return argument;
}

static void *jumps_in_thread(void *argument)
{
    static _Thread_local jmp_buf own;
    for (volatile int i = 0; i < 10000; i++) {
        if (setjmp(own) == 0)
            jump(own, 1);
        returns(i);
    }
    return argument;
}

static void threads(void)
{
    for (int i = 0; i < 20; i++) {
        pthread_t thread[4];
        cleaned = 0;
        pthread_create(&thread[0], NULL, is_cancelled, NULL);
        pthread_cancel(thread[0]);
        pthread_join(thread[0], NULL);
        CHECK(cleaned == 11);
        cleaned = 0;
        pthread_create(&thread[1], NULL, exits, NULL);
        pthread_join(thread[1], NULL);
        CHECK(cleaned == 400);
    }
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, jumps_in_thread, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
}

/* Without SafeStack these are refused, or somebody else's. */
#if __has_feature(safe_stack)
static void *builtin_buffer[5];

__attribute__((noinline)) static void jumps_by_builtin(void)
{
    char local[100];
    escape(local);
    __builtin_longjmp(builtin_buffer, 1);
}

static void builtins(void)
{
    for (volatile int i = 0; i < 100; i++) {
        volatile int times = 0;
        int value = __builtin_setjmp(builtin_buffer);
        if (times++ == 0) {
            CHECK(value == 0);
            jumps_by_builtin();
        }
        CHECK(value == 1 && on_safe_stack());
    }
}
#else
static void builtins(void) {}
#endif

int main(void)
{
    comes_back();
    values();
    masks();
    copies();
    many();
    for (int i = 0; i < 3; i++)
        recurse(NULL, 2000);
    for (int i = 0; i < 1000; i++)
        CHECK(returns(i) == (i % 3 == 0 ? i : -i));
    from_handlers();
    interrupted();
    by_libc();
    threads();
    builtins();
    return 0;
}
