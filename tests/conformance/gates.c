/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Accesses to safe regions in every way that the SDK has: pointers with MEMSENTRY_REGION,
 * functions that are MEMSENTRY_SAFE, spans; with calls, signals, longjmp, threads and fork in
 * between.
 */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "memsentry-runtime.h"

struct state {
    int numbers[64];
    long counter;
    double real;
    char text[256];
};

static struct state MEMSENTRY_REGION *state;
static volatile int ordinary;

/* ---- pointers with MEMSENTRY_REGION ---- */

__attribute__((noinline)) static int sum(const int MEMSENTRY_REGION *numbers, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++)
        result += numbers[i];
    return result;
}

static void through_pointers(void)
{
    char copy[256];
    for (int i = 0; i < 64; i++)
        state->numbers[i] = i;
    CHECK(sum(state->numbers, 64) == 2016);
    state->counter = 40;
    __atomic_fetch_add(&state->counter, 2, __ATOMIC_SEQ_CST);
    ordinary = (int)state->counter;
    CHECK(ordinary == 42);
    long expected = 42;
    CHECK(__atomic_compare_exchange_n(&state->counter, &expected, 43, 0, __ATOMIC_SEQ_CST,
                                      __ATOMIC_SEQ_CST));
    CHECK(state->counter == 43);
    state->real = 2;
    state->real = sqrt(state->real) * sin(state->real);
    CHECK(fabs(state->real - sqrt(2) * sin(2)) < 1e-9);
    /* From a region and into one: the other side is ordinary memory. */
    for (int i = 0; i < 256; i++)
        state->text[i] = (char)i;
    for (int i = 0; i < 256; i++)
        copy[i] = state->text[i];
    CHECK(copy[0] == 0 && copy[255] == (char)255);
    const struct state all = *state;
    CHECK(all.numbers[63] == 63 && all.counter == 43 && all.text[7] == 7);
    struct state other = all;
    other.counter = 44;
    *state = other;
    CHECK(state->counter == 44 && state->text[255] == (char)255);
}

/* ---- trusted functions ---- */

__attribute__((noinline)) static int untrusted(int value)
{
    ordinary = value;
    return ordinary + 1;
}

MEMSENTRY_SAFE static int trusted(struct state *safe, int value)
{
    safe->numbers[0] = value;
    int result = untrusted(value + 1);
    safe->numbers[1] = result;
    memcpy(safe->text, "what is kept", 13);
    memset(safe->text + 13, 'x', 8);
    memmove(safe->text + 1, safe->text, 20);
    return safe->numbers[0] + safe->numbers[1];
}

MEMSENTRY_SAFE static int factorial(struct state *safe, int n)
{
    safe->numbers[n] = n;
    return n == 0 ? 1 : safe->numbers[n] * factorial(safe, n - 1);
}

/* Ordinary code between trusted code, both ways by an address. */
static int (*volatile by_address)(struct state *, int) = factorial;

__attribute__((noinline)) static int in_between(struct state *safe, int n)
{
    ordinary = n;
    return by_address(safe, n);
}

MEMSENTRY_SAFE static int outermost(struct state *safe, int n)
{
    safe->numbers[20] = n;
    int result = in_between(safe, n);
    return safe->numbers[20] == n ? result : 0;
}

MEMSENTRY_SAFE static struct state *state_of_region(struct state MEMSENTRY_REGION *region)
{
    return (struct state *)region;
}

MEMSENTRY_SAFE static int get(const int *number)
{
    return *number;
}

static void in_functions(void)
{
    struct state *safe = state_of_region(state);
    CHECK(trusted(safe, 5) == 12);
    CHECK(state->text[0] == 'w' && state->text[1] == 'w' && state->text[20] == 'x');
    CHECK(factorial(safe, 6) == 720);
    CHECK(outermost(safe, 7) == 5040);
    CHECK(get(&safe->numbers[20]) == 7);
    /* Trusted functions work on ordinary memory too. */
    struct state local;
    CHECK(trusted(&local, 6) == 14 && local.numbers[0] == 6);
}

/* ---- spans ---- */

static int span_with_returns(struct state *safe, int n)
{
    MEMSENTRY_OPEN_SCOPE;
    for (int i = 0; i < 64; i++) {
        MEMSENTRY_OPEN_SCOPE;
        if (safe->numbers[i] == n)
            return i;
        if (safe->numbers[i] < 0)
            continue;
        safe->numbers[i] = i;
    }
    return -1;
}

static void in_spans(void)
{
    struct state *safe = state_of_region(state);
    memsentry_open();
    for (int i = 0; i < 64; i++)
        safe->numbers[i] = 2 * i;
    int later = untrusted(safe->numbers[3]);
    safe->numbers[4] = later;
    memsentry_close();
    CHECK(ordinary == 6 && state->numbers[4] == 7);
    CHECK(span_with_returns(safe, 18) == 9);
    CHECK(span_with_returns(safe, -9) == -1);
}

/* ---- signals and jumps ---- */

static volatile sig_atomic_t handled;

static void handler(int signal)
{
    (void)signal;
    state->counter++;
    handled++;
}

/* Interrupts code with the domain open as well as closed. */
static void with_signals(void)
{
    const struct sigaction action = {.sa_handler = handler};
    const struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    struct state *safe = state_of_region(state);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    state->counter = 0;
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (handled < 20) {
        memsentry_open();
        for (int i = 0; i < 64; i++)
            safe->numbers[i]++;
        memsentry_close();
        ordinary++;
        CHECK(trusted(safe, 5) == 12);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(state->counter == handled);
}

static jmp_buf target;

__attribute__((noinline)) static int jumps(int value)
{
    if (value == 3)
        longjmp(target, 1);
    return value;
}

MEMSENTRY_SAFE static void trusted_that_jumps(struct state *safe)
{
    for (int i = 0; i < 5; i++)
        safe->numbers[i] = jumps(i);
}

static void with_jumps(void)
{
    struct state *safe = state_of_region(state);
    volatile int times = 0;
    state->numbers[3] = -3;
    if (setjmp(target) == 0)
        trusted_that_jumps(safe);
    times++;
    CHECK(times == 1 && state->numbers[2] == 2 && state->numbers[3] == -3);
    if (setjmp(target) == 0) {
        memsentry_open();
        safe->numbers[5] = 9;
        safe->numbers[6] = jumps(3);
        memsentry_close();
    }
    CHECK(state->numbers[5] == 9);
    CHECK(trusted(safe, 5) == 12);
}

/* ---- threads and processes ---- */

static void *count(void *argument)
{
    (void)argument;
    for (int i = 0; i < 1000; i++)
        __atomic_fetch_add(&state->counter, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void with_threads(void)
{
    pthread_t threads[4];
    state->counter = 0;
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, count, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(state->counter == 4000);
}

static void with_fork(void)
{
    int status;
    state->counter = 1;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        state->counter++;
        _exit(state->counter == 2 ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(state->counter == 1);
}

int main(void)
{
    state = (struct state MEMSENTRY_REGION *)saferegion_alloc_named(sizeof *state, "state");
    CHECK(state != NULL);
    through_pointers();
    in_functions();
    in_spans();
    with_signals();
    with_jumps();
    with_threads();
    with_fork();
    return 0;
}
