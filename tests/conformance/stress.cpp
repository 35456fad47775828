// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stress [SECONDS]: threads, signals, contexts, exceptions and longjmp at the same time, one
// round when not told otherwise; tests/soak goes on for longer and looks at memory. Handlers
// run at every moment, on both kinds of stack, jump within themselves and leave by longjmp.
#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <ctime>
#include <pthread.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

constexpr int threads = 6, coroutines = 8, rounds = 20;
constexpr size_t stack_size = 32768;

static std::atomic<long> handled, switched, left, thrown;
static std::atomic<bool> over;
static thread_local sigjmp_buf outside;
static thread_local volatile sig_atomic_t may_leave;

static void on_signal(int number)
{
    std::jmp_buf buffer;
    char local[64];
    memset(local, number, sizeof local);
    escape(local);
    if (setjmp(buffer) == 0)
        std::longjmp(buffer, 1);
    CHECK(local[63] == static_cast<char>(number) && on_safe_stack());
    handled++;
    if (may_leave) {
        may_leave = 0;
        siglongjmp(outside, 1);
    }
}

struct Coroutine {
    ucontext_t own, caller;
    char *memory;
    int number, left;
};

static void body(unsigned high, unsigned low)
{
    auto *self = reinterpret_cast<Coroutine *>(static_cast<uintptr_t>(high) << 32 | low);
    char local[128];
    for (int i = 0; i <= rounds; i++) {
        memset(local, self->number + i, sizeof local);
        escape(local);
        if (i % 7 == 3) {
            try {
                throw i;
            } catch (int caught) {
                CHECK(caught == i);
                thrown++;
            }
        }
        std::jmp_buf buffer;
        if (setjmp(buffer) == 0)
            std::longjmp(buffer, 2);
        swapcontext(&self->own, &self->caller);
        for (char c : local)
            CHECK(c == static_cast<char>(self->number + i));
    }
}

static void make(Coroutine *coroutine, int number)
{
    const auto address = reinterpret_cast<uintptr_t>(coroutine);
    coroutine->number = number;
    coroutine->left = rounds + 2;
    getcontext(&coroutine->own);
    coroutine->own.uc_stack.ss_sp = coroutine->memory;
    coroutine->own.uc_stack.ss_size = stack_size;
    coroutine->own.uc_link = &coroutine->caller;
    makecontext(&coroutine->own, reinterpret_cast<void (*)()>(body), 2,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
}

static void *work(void *argument)
{
    const auto number = static_cast<int>(reinterpret_cast<intptr_t>(argument));
    auto *all = static_cast<Coroutine *>(calloc(coroutines, sizeof(Coroutine)));
    char *alternate = static_cast<char *>(malloc(65536));
    if (number % 3 != 0) {
        stack_t stack = {};
        stack.ss_sp = alternate;
        stack.ss_size = 65536;
        CHECK(sigaltstack(&stack, nullptr) == 0);
    }
    for (int i = 0; i < coroutines; i++)
        all[i].memory = static_cast<char *>(malloc(stack_size));
    while (!over) {
        for (int i = 0; i < coroutines; i++) {
            if (all[i].left == 0)
                make(&all[i], i + number);
            swapcontext(&all[i].caller, &all[i].own);
            switched++;
            all[i].left--;
            /* Some are left half-way. */
            if (number % 5 == 0 && all[i].left == rounds / 2)
                all[i].left = 0;
        }
        if (sigsetjmp(outside, 1) == 0) {
            may_leave = 1;
            for (volatile int k = 0; k < 2000 && may_leave; k = k + 1)
                continue;
        } else {
            left++;
        }
        may_leave = 0;
    }
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
    for (int i = 0; i < coroutines; i++)
        free(all[i].memory);
    free(alternate);
    free(all);
    return nullptr;
}

int main(int count, char **arguments)
{
    const time_t end = time(nullptr) + (count > 1 ? atoi(arguments[1]) : 0);
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigaction(SIGALRM, &action, nullptr);
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &often, nullptr);
    do {
        pthread_t thread[threads];
        over = false;
        for (int i = 0; i < threads; i++)
            pthread_create(&thread[i], nullptr, work,
                           reinterpret_cast<void *>(intptr_t{i + 1}));
        for (int k = 0; k < 200; k++) {
            for (pthread_t one : thread)
                pthread_kill(one, SIGUSR1);
            usleep(500);
        }
        over = true;
        for (pthread_t one : thread)
            pthread_join(one, nullptr);
    } while (time(nullptr) < end);
    CHECK(handled > 0 && switched > 0 && left > 0 && thrown > 0);
    return 0;
}
