/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What programs do with stacks beside calling and returning: measure their depth, look for
 * pointers on them, walk frames, ask where they are; and what clang documents for its own
 * SafeStack.
 */
#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

enum { DETACHED = 10000, WARM = 500 };

/* As PostgreSQL measures it: by the distance of two locals, or of a frame and a local. */
static const char *base;

static long depth(void)
{
    char here;
    escape(&here);
    const long distance = base - &here;
    return distance < 0 ? -distance : distance;
}

static long deepest;

__attribute__((noinline)) static int recurse(int level)
{
    char buffer[1000];
    memset(buffer, level, sizeof buffer);
    escape(buffer);
    const long now = depth();
    CHECK(now > deepest);
    deepest = now;
    return now > 400000 ? level : recurse(level + 1) + (buffer[0] - (char)level);
}

static void measures_depth(void)
{
    char here;
    escape(&here);
    base = &here;
    deepest = 0;
    const int levels = recurse(0);
    CHECK(levels > 300 && levels < 500);
    base = __builtin_frame_address(0);
    deepest = 0;
    CHECK(recurse(0) > 300);
}

/* A collector that is not told where pointers are looks at all of the stack. */
__attribute__((noinline)) static int is_on_stack(const void *wanted)
{
#if __has_feature(safe_stack)
    const void **from = __builtin___get_unsafe_stack_ptr();
    const void **to = __builtin___get_unsafe_stack_top();
    CHECK((char *)to > (char *)from &&
          (char *)__builtin___get_unsafe_stack_bottom() < (char *)from);
    CHECK(__builtin___get_unsafe_stack_start() == __builtin___get_unsafe_stack_bottom());
    for (; from < to; from++)
        if (*from == wanted)
            return 1;
    return 0;
#else
    return wanted != NULL;
#endif
}

static void finds_pointers(void)
{
    static int object;
    void *roots[2] = {&object, NULL};
    escape(roots);
    CHECK(is_on_stack(&object));
}

static void *finds_in_thread(void *argument)
{
    finds_pointers();
    measures_depth();
    return argument;
}

__attribute__((noinline)) static int frames(int level)
{
    void *addresses[64];
    volatile int count;
    count = level > 0 ? frames(level - 1) : backtrace(addresses, 64);
    escape(addresses);
    return count;
}

static void walks_frames(void)
{
    const int few = frames(2), many = frames(12);
    CHECK(few >= 4 && many == few + 10);
}

/* Objects of variable size, and of a size that asks for probes. */
__attribute__((noinline)) static int variable(size_t size)
{
    char array[size], *block = alloca(size), large[70000];
    memset(array, 1, size);
    memset(block, 2, size);
    memset(large, 3, sizeof large);
    escape(array);
    escape(block);
    escape(large);
    return array[size - 1] + block[0] + large[69999];
}

__attribute__((noinline)) static void aligned(void)
{
    _Alignas(64) char one[3];
    _Alignas(4096) char other[5];
    escape(one);
    escape(other);
    CHECK((uintptr_t)one % 64 == 0 && (uintptr_t)other % 4096 == 0);
}

/* Threads that nobody waits for leave nothing behind. */
static atomic_int running;

static void *detached(void *argument)
{
    char buffer[2000];
    memset(buffer, 1, sizeof buffer);
    escape(buffer);
    running--;
    return argument;
}

static void detaches(void)
{
    pthread_attr_t attributes;
    long pages = 0;
    running = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Without stacks of ours it is libc's affair. */
    const int count = in_stack_arena(stack_pointer()) ? repeats(DETACHED) : 2 * WARM;
    for (int i = 0; i < count; i++) {
        pthread_t id;
        if (i == WARM)
            pages = resident_pages();
        while (running > 20)
            sched_yield();
        running++;
        CHECK(pthread_create(&id, &attributes, detached, NULL) == 0);
    }
    while (running > 0)
        sched_yield();
    CHECK(resident_pages() < pages + 400);
}

int main(void)
{
    pthread_t id;
    measures_depth();
    finds_pointers();
    walks_frames();
    CHECK(variable(1) == 6 && variable(100000) == 6);
    aligned();
    CHECK(pthread_create(&id, NULL, finds_in_thread, NULL) == 0 && pthread_join(id, NULL) == 0);
    detaches();
    return 0;
}
