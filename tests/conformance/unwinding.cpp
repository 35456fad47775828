// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exceptions and forced unwinding meet setjmp and contexts: both stacks come back, and what was
// saved in functions that are gone is forgotten.
#include <csetjmp>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

static int destroyed;

struct Guard {
    char name[32];
    explicit Guard(int number)
    {
        snprintf(name, sizeof name, "guard %d", number);
        escape(name);
    }
    ~Guard()
    {
        CHECK(name[0] == 'g' && on_safe_stack());
        destroyed++;
    }
};

static std::jmp_buf buffer;

// A function that calls setjmp and is left by an exception.
__attribute__((noinline)) static void sets_and_throws(int depth)
{
    std::jmp_buf own;
    if (setjmp(own) == 0) {
        if (depth > 0)
            sets_and_throws(depth - 1);
        throw std::runtime_error("left");
    }
}

__attribute__((noinline)) static void exceptions()
{
    char *bottom = nullptr;
    for (volatile int i = 0; i < 300; i++) {
        if (setjmp(buffer) == 0) {
            try {
                Guard guard(i);
                sets_and_throws(5);
                CHECK(false);
            } catch (const std::runtime_error &error) {
                CHECK(std::string(error.what()) == "left");
                std::longjmp(buffer, 1);
            }
        }
        char here[16];
        escape(here);
        if (bottom == nullptr)
            bottom = here;
        CHECK(bottom == here && on_safe_stack());
    }
    CHECK(destroyed == 300);
}

static ucontext_t home, coroutine;
static char memory[65536];
static int caught;

static void throws_inside()
{
    for (int i = 0; i < 3; i++) {
        try {
            Guard guard(i);
            throw i;
        } catch (int number) {
            CHECK(number == i);
            caught++;
        }
        swapcontext(&coroutine, &home);
    }
}

static void contexts()
{
    destroyed = 0;
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = memory;
    coroutine.uc_stack.ss_size = sizeof memory;
    coroutine.uc_link = &home;
    makecontext(&coroutine, throws_inside, 0);
    for (volatile int i = 0; i < 4; i++) {
        try {
            swapcontext(&home, &coroutine);
            throw std::string("outside");
        } catch (const std::string &) {
        }
    }
    CHECK(caught == 3 && destroyed == 3);
}

static void *is_cancelled(void *)
{
    Guard guard(1);
    std::jmp_buf own;
    if (setjmp(own) == 0)
        std::longjmp(own, 1);
    Guard second(2);
    for (;;)
        pause();
}

__attribute__((noinline)) static void leaves(int depth)
{
    Guard guard(depth);
    std::jmp_buf own;
    if (setjmp(own) == 0 && depth > 0)
        leaves(depth - 1);
    pthread_exit(nullptr);
}

static void *exits(void *)
{
    leaves(4);
    return nullptr;
}

int main()
{
    exceptions();
    contexts();
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        destroyed = 0;
        pthread_create(&thread, nullptr, exits, nullptr);
        pthread_join(thread, nullptr);
        CHECK(destroyed == 5);
        destroyed = 0;
        pthread_create(&thread, nullptr, is_cancelled, nullptr);
        pthread_cancel(thread);
        pthread_join(thread, nullptr);
        CHECK(destroyed == 2);
    }
    return 0;
}
