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

/* What a backend may have to treat apart: sizes, and places that cross blocks of 16 bytes. */
typedef float vector __attribute__((vector_size(32)));
struct many {
    vector floats;
    __int128 wide;
    long double extended;
    _Bool flag;
    signed char byte;
    short half;
    float single;
    unsigned bits : 5, others : 11;
    int *pointer;
    char unaligned[64];
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

/* ---- forms of accesses ---- */

struct __attribute__((packed)) odd {
    char before;
    long number;
    char after;
};

__attribute__((noinline)) static int last_of(struct many copy)
{
    return copy.unaligned[63] + copy.half + (int)copy.floats[7];
}

MEMSENTRY_SAFE static int forms(struct many *safe)
{
    int result = 0;
    memset(safe, 0, sizeof *safe);
    for (int i = 0; i < 8; i++)
        safe->floats[i] = (float)i;
    safe->floats = safe->floats + safe->floats;
    result += safe->floats[7] == 14;
    safe->wide = ((__int128)1 << 100) + 5;
    safe->wide++;
    result += safe->wide == ((__int128)1 << 100) + 6;
    safe->extended = 2.5L;
    safe->extended *= 2;
    result += safe->extended == 5;
    safe->flag = !safe->flag;
    safe->byte = -5;
    safe->half = (short)(safe->byte * 300);
    result += safe->half == -1500 && safe->flag;
    safe->single = 0.5f;
    result += safe->single + safe->half == -1499.5f;
    safe->bits = 21;
    safe->others = 1234;
    result += safe->bits == 21 && safe->others == 1234;
    safe->pointer = &result;
    result += safe->pointer == &result;
    for (int i = 0; i < 50; i++) {
        struct odd *odd = (struct odd *)&safe->unaligned[i];
        odd->before = 'b';
        odd->number = -1 - i;
        odd->after = 'a';
        if (odd->before != 'b' || odd->number != -1 - i || odd->after != 'a')
            return -1;
    }
    safe->unaligned[63] = 7;
    /* By value: from the region into an argument, and from a result. */
    result += last_of(*safe) == 7 - 1500 + 14;
    const struct many copy = *safe;
    memset(safe, 0, sizeof *safe);
    *safe = copy;
    result += safe->unaligned[63] == 7 && safe->floats[6] == 12 && safe->wide == copy.wide;
    return result;
}

/* Returns how many hold. */
#define TRY(operation, before, value, after)                                                   \
    (*number = (before), operation(number, value, __ATOMIC_SEQ_CST) == (before) &&             \
                             __atomic_load_n(number, __ATOMIC_ACQUIRE) == (after))

MEMSENTRY_SAFE static int atomics(int *number, short *half, double *real, void **pointer)
{
    int result = TRY(__atomic_fetch_add, 5, 3, 8) + TRY(__atomic_fetch_sub, 5, 3, 2) +
                 TRY(__atomic_fetch_and, 7, 12, 4) + TRY(__atomic_fetch_or, 5, 2, 7) +
                 TRY(__atomic_fetch_xor, 5, 1, 4) + TRY(__atomic_fetch_nand, 7, 12, ~4) +
                 TRY(__atomic_exchange_n, 5, -9, -9);
    *half = 5;
    result += __atomic_fetch_sub(half, 6, __ATOMIC_RELAXED) == 5 && *half == -1;
    __atomic_store_n(number, 77, __ATOMIC_SEQ_CST);
    result += *number == 77;
    *real = 1.5;
    result += *real * 2 == 3;
    void *expected = NULL;
    *pointer = NULL;
    result += __atomic_compare_exchange_n(pointer, &expected, number, 0, __ATOMIC_SEQ_CST,
                                          __ATOMIC_SEQ_CST) &&
              *pointer == number;
    result += !__atomic_compare_exchange_n(pointer, &expected, half, 0, __ATOMIC_SEQ_CST,
                                           __ATOMIC_SEQ_CST) &&
              expected == number;
    return result;
}

static void in_all_forms(void)
{
    struct many *many = saferegion_alloc_named(sizeof *many, "many");
    struct many ordinary_many;
    CHECK(forms(many) == 9);
    CHECK(forms(&ordinary_many) == 9);
    CHECK(atomics(&((int *)many)[1], &((short *)many)[7], &((double *)many)[4],
                  &((void **)many)[8]) == 12);
    int number;
    short half;
    double real;
    void *pointer;
    CHECK(atomics(&number, &half, &real, &pointer) == 12);
    saferegion_free(many);
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
    in_all_forms();
    in_spans();
    with_signals();
    with_jumps();
    with_threads();
    with_fork();
    return 0;
}
