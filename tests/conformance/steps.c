/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A signal at every instruction: the processor's single-step trap, of thread starts and ends,
 * jumps, switches of contexts and of signal stacks, and of gates. A moment at which a handler
 * finds no stack, or another thread's, shows at once, not once in a thousand runs.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include <x86intrin.h>

#include "check.h"

#define TRAP_FLAG 0x100

static int isolated;
static _Thread_local volatile unsigned steps;
static _Thread_local volatile int passed_over; /* steps that nothing is done at */
static volatile int MEMSENTRY_REGION *secret;

static void step(int on)
{
    const uint64_t flags = __readeflags();
    __writeeflags(on ? flags | TRAP_FLAG : flags & ~(uint64_t)TRAP_FLAG);
}

/* What handlers do: locals on both stacks, a jump, a look into a region. */
static void on_step(int number)
{
    if (passed_over != 0) {
        passed_over--;
        return;
    }
    jmp_buf buffer;
    volatile char local[64];
    memset((char *)local, number, sizeof local);
    escape(local);
    if (setjmp(buffer) == 0)
        longjmp(buffer, 1);
    CHECK(local[63] == (char)number && is_ordinary(local));
    CHECK(!isolated || in_stack_arena(stack_pointer()));
    CHECK(*secret == 42);
    steps++;
}

/* The first signal of a new thread comes before the runtime has it: it makes it step. */
static void on_first(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void stop_stepping(void *unused)
{
    (void)unused;
    step(0);
    CHECK(steps > 100);
}

static pthread_key_t last;

static void *thread(void *unused)
{
    (void)unused;
    volatile char local[32];
    memset((char *)local, 7, sizeof local);
    escape(local);
    CHECK(!isolated || in_stack_arena(stack_pointer()));
    /* Its destructor comes after those of the runtime. */
    CHECK(pthread_setspecific(last, &last) == 0);
    CHECK(local[31] == 7);
    return (void *)stack_pointer();
}

/* From libc's call of its function on, to its last destructor. Returns where its stack was. */
static uint64_t check_thread(void)
{
    pthread_t id;
    pthread_attr_t attributes;
    sigset_t first, none;
    void *result;
    sigemptyset(&none);
    sigemptyset(&first);
    sigaddset(&first, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &first, NULL) == 0);
    /* Pending for the process: the first thread that does not block it has it. */
    CHECK(kill(getpid(), SIGUSR1) == 0);
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setsigmask_np(&attributes, &none) == 0);
    CHECK(pthread_create(&id, &attributes, thread, NULL) == 0);
    CHECK(pthread_join(id, &result) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);
    return (uint64_t)result / 4096;
}

static void exit_below(int depth)
{
    jmp_buf never;
    if (depth != 0)
        exit_below(depth - 1);
    if (setjmp(never) == 0)
        pthread_exit(NULL);
}

static void *leave_behind(void *unused)
{
    exit_below(200);
    return unused;
}

static void *jump(void *first)
{
    jmp_buf buffer;
    passed_over = (int)(intptr_t)first;
    step(1);
    if (setjmp(buffer) == 0) {
        step(0);
        longjmp(buffer, 1);
    }
    return passed_over == 0 ? first : NULL;
}

/*
 * What a thread had saved when it ended, deep down, is not the next one's on its stack,
 * whenever the first handler comes.
 */
static void check_left_behind(void)
{
    const int distance = 100 / repeats(100);
    void *result = NULL;
    intptr_t first = 1;
    do {
        pthread_t id;
        CHECK(pthread_create(&id, NULL, leave_behind, NULL) == 0);
        CHECK(pthread_join(id, NULL) == 0);
        CHECK(pthread_create(&id, NULL, jump, (void *)first) == 0);
        CHECK(pthread_join(id, &result) == 0);
        first += distance;
    } while (result != NULL);
    CHECK(first > 30);
}

static void check_jumps(void)
{
    jmp_buf plain;
    sigjmp_buf masked;
    volatile int count = 0;
    step(1);
    if (setjmp(plain) < 3)
        longjmp(plain, ++count);
    if (sigsetjmp(masked, 1) < 5)
        siglongjmp(masked, ++count);
    for (int i = 0; i < 3; i++) {
        if (setjmp(plain) == 0)
            count++;
    }
#ifndef WITHOUT_SAFE_STACK
    void *bare[5];
    if (__builtin_setjmp(bare) == 0)
        __builtin_longjmp(bare, 1);
#endif
    step(0);
    CHECK(count == 8);
}

static ucontext_t own, other;
static volatile int visits;

static void visit(int a, int b, int c, int d, int e, int f, int g)
{
    CHECK(a + b + c + d + e + f + g == 28);
    for (;;) {
        volatile char local[128];
        memset((char *)local, visits, sizeof local);
        escape(local);
        if (++visits == 3)
            return;
        CHECK(swapcontext(&other, &own) == 0);
        CHECK(local[127] == visits - 1);
    }
}

static void check_contexts(void)
{
    static char stack[65536];
    visits = 0;
    step(1);
    CHECK(getcontext(&other) == 0);
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &own;
    makecontext(&other, (void (*)(void))visit, 7, 1, 2, 3, 4, 5, 6, 7);
    for (int i = 0; i < 3; i++)
        CHECK(swapcontext(&own, &other) == 0);
    step(0);
    CHECK(visits == 3);
}

static void check_signal_stack(char *memory, size_t size)
{
    const stack_t none = {.ss_flags = SS_DISABLE};
    const stack_t mine = {.ss_sp = memory, .ss_size = size};
    stack_t before;
    struct sigaction action;
    step(1);
    CHECK(sigaltstack(&mine, NULL) == 0);
    CHECK(sigaltstack(&none, &before) == 0 && before.ss_sp == memory);
    CHECK(sigaltstack(&mine, NULL) == 0);
    CHECK(sigaction(SIGUSR1, NULL, &action) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    step(0);
}

static void check_region(void)
{
    step(1);
    for (int i = 0; i < 10; i++) {
        /* Handlers see the value before or after. */
        *secret = 42;
        CHECK(*secret == 42);
    }
    step(0);
}

static void check_fork(void)
{
    int status;
    step(1);
    const pid_t child = fork();
    step(0);
    CHECK(child >= 0);
    if (child == 0)
        _exit(0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
    static char memory[65536];
    struct memsentry_status status = {.size = sizeof status};
    CHECK(memsentry_status(&status) == 0);
    isolated = (status.holds & MEMSENTRY_HOLDS_STACKS) != 0;
    CHECK((secret = (volatile int MEMSENTRY_REGION *)saferegion_alloc(4096)) != NULL);
    *secret = 42;
    CHECK(pthread_key_create(&last, stop_stepping) == 0);
    struct sigaction first = {.sa_sigaction = on_first, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGUSR1, &first, NULL) == 0);

    for (int on_alternate = 0; on_alternate < 2; on_alternate++) {
        struct sigaction action = {.sa_handler = on_step,
                                   .sa_flags = on_alternate ? SA_ONSTACK : 0};
        CHECK(sigaction(SIGTRAP, &action, NULL) == 0);
        for (int i = 0; i < 2; i++) {
            /* A safe stack that a thread did not give back would not be the next one's. */
            const uint64_t stack = check_thread();
            CHECK(!isolated || check_thread() == stack);
            check_fork();
            check_jumps();
            check_contexts();
            check_region();
            check_signal_stack(memory, sizeof memory);
        }
        const stack_t none = {.ss_flags = SS_DISABLE};
        CHECK(sigaltstack(&none, NULL) == 0);
        if (!on_alternate)
            check_left_behind();
    }
    CHECK(steps > 1000);
    return 0;
}
