/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * getcontext, makecontext, setcontext and swapcontext: coroutines by the thousand with locals
 * of their own on both stacks, in threads and between them, with signals, fork and longjmp.
 */
#include <fenv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

#define STACK_SIZE 16384

struct coroutine {
    ucontext_t own, caller;
    char *memory;
    int number, rounds, done;
};

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    CHECK(memory != NULL);
    return memory;
}

__attribute__((noinline)) static void yield(struct coroutine *self)
{
    char local[40];
    memset(local, self->number, sizeof local);
    escape(local);
    CHECK(swapcontext(&self->own, &self->caller) == 0);
    CHECK(local[0] == (char)self->number && local[39] == (char)self->number);
}

static void body(unsigned high, unsigned low)
{
    struct coroutine *self = (struct coroutine *)((uintptr_t)high << 32 | (uintptr_t)low);
    char local[200];
    memset(local, self->number, sizeof local);
    escape(local);
    CHECK(on_safe_stack() && is_ordinary(local));
    for (int i = 0; i < self->rounds; i++) {
        yield(self);
        for (size_t k = 0; k < sizeof local; k++)
            CHECK(local[k] == (char)(self->number + i));
        memset(local, self->number + i + 1, sizeof local);
    }
    self->done = 1;
}

static void create(struct coroutine *coroutine, int number, int rounds)
{
    coroutine->number = number;
    coroutine->rounds = rounds;
    coroutine->done = 0;
    CHECK(getcontext(&coroutine->own) == 0);
    coroutine->own.uc_stack.ss_sp = coroutine->memory;
    coroutine->own.uc_stack.ss_size = STACK_SIZE;
    coroutine->own.uc_link = &coroutine->caller;
    makecontext(&coroutine->own, (void (*)(void))body, 2,
                (unsigned)((uintptr_t)coroutine >> 32), (unsigned)(uintptr_t)coroutine);
}

__attribute__((noinline)) static void resume(struct coroutine *coroutine)
{
    CHECK(swapcontext(&coroutine->caller, &coroutine->own) == 0);
}

static void by_thousands(void)
{
    enum { COUNT = 3000 };
    struct coroutine *all = allocate(COUNT * sizeof *all);
    for (int i = 0; i < COUNT; i++) {
        all[i].memory = allocate(STACK_SIZE);
        create(&all[i], i, 3);
    }
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < COUNT; i++)
            resume(&all[i]);
    for (int i = COUNT; i-- != 0;) {
        CHECK(!all[i].done);
        /* Without a function in between. */
        CHECK(swapcontext(&all[i].caller, &all[i].own) == 0);
        CHECK(all[i].done);
        free(all[i].memory);
    }
    free(all);
}

/* Memory stays what it was, whether contexts end or are left behind half-way. */
static void constant_memory(void)
{
    static char memory[STACK_SIZE];
    struct coroutine *coroutine = allocate(sizeof *coroutine);
    long before = 0;
    coroutine->memory = memory;
    for (int i = 0; i < repeats(20000); i++) {
        create(coroutine, i, i % 3 == 0 ? 1 : 0);
        if (i % 5 != 0)
            resume(coroutine);
        CHECK(coroutine->done == (i % 5 != 0 && i % 3 != 0));
        if (i == 1000)
            before = resident_pages();
    }
    CHECK(resident_pages() < before + 100);
    free(coroutine);
}

static int sum;

static void many_arguments(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
    sum = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i;
}

static ucontext_t home, first, second;
static char first_stack[STACK_SIZE], second_stack[STACK_SIZE];
static int visited;

static void make(ucontext_t *context, char *memory, ucontext_t *link, void (*function)(void))
{
    getcontext(context);
    context->uc_stack.ss_sp = memory;
    context->uc_stack.ss_size = STACK_SIZE;
    context->uc_link = link;
    makecontext(context, function, 0);
}

static void visit(void)
{
    visited++;
}

static void arguments_and_links(void)
{
    getcontext(&first);
    first.uc_stack.ss_sp = first_stack;
    first.uc_stack.ss_size = STACK_SIZE;
    first.uc_link = &home;
    makecontext(&first, (void (*)(void))many_arguments, 9, 1, 2, 3, 4, 5, 6, 7, 8, -9);
    swapcontext(&home, &first);
    CHECK(sum == 204 - 81);
    /* One after the other. */
    make(&first, first_stack, &second, visit);
    make(&second, second_stack, &home, visit);
    swapcontext(&home, &first);
    CHECK(visited == 2);
}

/* Back to where getcontext was called, as often as one likes. */
static void again(void)
{
    volatile int times = 0;
    ucontext_t context;
    char local[64] = "unchanged";
    escape(local);
    CHECK(getcontext(&context) == 0);
    if (times++ < 1000)
        setcontext(&context);
    CHECK(times == 1001 && strcmp(local, "unchanged") == 0 && on_safe_stack());
}

static int is_blocked(int signal)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, signal);
}

static void looks_at_state(void)
{
    CHECK(is_blocked(SIGUSR2) && fegetround() == FE_TONEAREST);
    fesetround(FE_UPWARD);
    swapcontext(&first, &home);
    CHECK(is_blocked(SIGUSR2) && fegetround() == FE_UPWARD);
}

static void masks_and_rounding(void)
{
    make(&first, first_stack, &home, looks_at_state);
    sigaddset(&first.uc_sigmask, SIGUSR2);
    swapcontext(&home, &first);
    CHECK(!is_blocked(SIGUSR2) && fegetround() == FE_TONEAREST);
    swapcontext(&home, &first);
    CHECK(!is_blocked(SIGUSR2) && fegetround() == FE_TONEAREST);
}

/* Contexts that longjmp switches, once they have been started. */
static sigjmp_buf in_coroutine, in_main;

static void jumps(void)
{
    char local[100];
    for (volatile int i = 0;; i++) {
        memset(local, i, sizeof local);
        escape(local);
        if (sigsetjmp(in_coroutine, 0) == 0)
            siglongjmp(in_main, 1);
        CHECK(local[99] == (char)i && on_safe_stack());
        visited++;
    }
}

static void switched_by_longjmp(void)
{
    visited = 0;
    make(&first, first_stack, &home, jumps);
    if (sigsetjmp(in_main, 0) == 0)
        setcontext(&first);
    for (volatile int i = 0; i < 1000; i++)
        if (sigsetjmp(in_main, 0) == 0)
            siglongjmp(in_coroutine, 1);
    CHECK(visited == 1000);
}

static volatile int handled;

static void on_signal(int number)
{
    char local[64];
    memset(local, number, sizeof local);
    escape(local);
    CHECK(on_safe_stack() && is_ordinary(local));
    handled++;
}

static sigjmp_buf back;

static void leaves(int number)
{
    handled++;
    siglongjmp(back, number);
}

static void takes_signals(void)
{
    static char memory[65536];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    stack_t old;
    CHECK(sigaltstack(&stack, NULL) == 0);
    for (volatile int flags = 0; flags < 2; flags++) {
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags ? SA_ONSTACK : 0};
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
        swapcontext(&first, &home);
        action.sa_handler = leaves;
        sigaction(SIGUSR1, &action, NULL);
        if (sigsetjmp(back, 1) == 0)
            raise(SIGUSR1);
        CHECK(on_safe_stack());
    }
    CHECK(sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, &old) == 0);
    CHECK(old.ss_sp == memory);
}

static void signals(void)
{
    make(&first, first_stack, &home, takes_signals);
    for (int i = 0; i < 3; i++)
        swapcontext(&home, &first);
    CHECK(handled == 4);
}

/* The child goes on with contexts that the parent has made. */
static void forks(void)
{
    struct coroutine *coroutine = allocate(sizeof *coroutine);
    coroutine->memory = allocate(STACK_SIZE);
    create(coroutine, 7, 2);
    resume(coroutine);
    pid_t child = fork();
    resume(coroutine);
    resume(coroutine);
    CHECK(coroutine->done);
    if (child == 0)
        _exit(23);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 23);
    free(coroutine->memory);
    free(coroutine);
}

static void forks_inside(void)
{
    pid_t child = fork();
    swapcontext(&first, &home);
    if (child == 0)
        _exit(24);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 24);
}

static void fork_in_context(void)
{
    make(&first, first_stack, &home, forks_inside);
    swapcontext(&home, &first);
    swapcontext(&home, &first);
}

static void *runs_coroutines(void *argument)
{
    struct coroutine coroutines[10];
    memset(coroutines, 0, sizeof coroutines);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 10; i++) {
            if (coroutines[i].memory == NULL)
                coroutines[i].memory = allocate(STACK_SIZE);
            create(&coroutines[i], i, 2);
        }
        for (int k = 0; k < 3; k++)
            for (int i = 0; i < 10; i++)
                resume(&coroutines[i]);
    }
    for (int i = 0; i < 10; i++)
        free(coroutines[i].memory);
    return argument;
}

static void *goes_on(void *argument)
{
    resume(argument);
    return NULL;
}

static void ends_thread(void)
{
    pthread_exit(NULL);
}

static void *ends_in_context(void *argument)
{
    ucontext_t context, unused;
    make(&context, argument, &unused, ends_thread);
    swapcontext(&unused, &context);
    return NULL;
}

static void threads(void)
{
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, runs_coroutines, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    /* A coroutine that each time another thread goes on with. */
    struct coroutine *coroutine = allocate(sizeof *coroutine);
    coroutine->memory = allocate(STACK_SIZE);
    create(coroutine, 5, 9);
    for (int i = 0; i < 9; i++) {
        pthread_create(&thread[0], NULL, goes_on, coroutine);
        pthread_join(thread[0], NULL);
    }
    resume(coroutine);
    CHECK(coroutine->done);
    for (int i = 0; i < 20; i++) {
        pthread_create(&thread[0], NULL, ends_in_context, coroutine->memory);
        pthread_join(thread[0], NULL);
    }
    free(coroutine->memory);
    free(coroutine);
}

static void says_goodbye(void)
{
    CHECK(on_safe_stack());
}

int main(void)
{
    arguments_and_links();
    again();
    masks_and_rounding();
    by_thousands();
    constant_memory();
    switched_by_longjmp();
    signals();
    forks();
    fork_in_context();
    threads();
    /* The last context ends the process. */
    make(&first, first_stack, NULL, says_goodbye);
    setcontext(&first);
    return 1;
}
