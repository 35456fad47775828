/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Threads of every make run on safe stacks of their own, end in every way, and are recycled. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <threads.h>
#include <unistd.h>

#include "check.h"

static _Thread_local int thread_local_value = 7;
static pthread_key_t key;
static int destroyed, cleaned;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static void *ordinary(void *argument)
{
    char buffer[256];
    memset(buffer, (int)(long)argument, sizeof buffer);
    escape(buffer);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    CHECK(thread_local_value == 7);
    thread_local_value = (int)(long)argument;
    return (void *)(stack_pointer() >> 20);
}

static void *exits(void *argument)
{
    static int one = 1;
    char buffer[64];
    escape(buffer);
    pthread_setspecific(key, &one);
    pthread_exit(argument);
}

static void clean(void *argument)
{
    cleaned += *(int *)argument;
}

static void *waits(void *argument)
{
    int amount = 5;
    pthread_cleanup_push(clean, &amount);
    for (;;)
        pause();
    pthread_cleanup_pop(0);
    return argument;
}

static int c11(void *argument)
{
    char buffer[32];
    escape(buffer);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    return *(int *)argument;
}

static void *uses_stack(void *argument)
{
    /* As much of an unsafe frame as the stack was asked to hold, and its guard stays away. */
    size_t size = (size_t)argument;
    volatile char *memory = __builtin_alloca(size);
    for (size_t i = 0; i < size; i += 1024)
        memory[i] = 1;
    CHECK(is_ordinary(memory));
    return NULL;
}

static void stack_sizes(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    size_t size;
    void *start;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 32 << 20) == 0);
    CHECK(pthread_create(&thread, &attributes, uses_stack, (void *)(31L << 20)) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN) == 0);
    CHECK(pthread_create(&thread, &attributes, ordinary, (void *)1) == 0);
    CHECK(pthread_join(thread, NULL) == 0);

    size = 1 << 20;
    start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(start != MAP_FAILED && pthread_attr_setstack(&attributes, start, size) == 0);
    CHECK(pthread_create(&thread, &attributes, uses_stack, (void *)(900L << 10)) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);

    CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
    CHECK(pthread_attr_getstack(&attributes, &start, &size) == 0);
    char local;
    escape(&local);
    CHECK(&local > (char *)start && &local < (char *)start + size);
    pthread_attr_destroy(&attributes);
}

int main(void)
{
    pthread_t threads[16];
    void *result, *results[16];
    CHECK(pthread_key_create(&key, destroy) == 0);
    for (long i = 0; i < 16; i++)
        CHECK(pthread_create(&threads[i], NULL, ordinary, (void *)i) == 0);
    for (long i = 0; i < 16; i++)
        CHECK(pthread_join(threads[i], &results[i]) == 0);
    CHECK(thread_local_value == 7);

    CHECK(pthread_create(threads, NULL, exits, (void *)42) == 0);
    CHECK(pthread_join(threads[0], &result) == 0 && result == (void *)42 && destroyed == 1);

    CHECK(pthread_create(threads, NULL, waits, NULL) == 0);
    CHECK(pthread_cancel(threads[0]) == 0);
    CHECK(pthread_join(threads[0], &result) == 0 && result == PTHREAD_CANCELED);
    CHECK(cleaned == 0 || cleaned == 5);

    thrd_t c11_thread;
    int value = -5, got = 0;
    CHECK(thrd_create(&c11_thread, c11, &value) == thrd_success);
    CHECK(thrd_join(c11_thread, &got) == thrd_success && got == -5);

    stack_sizes();

    /* Slots are reused: threads one after the other have one stack. */
    CHECK(pthread_create(threads, NULL, ordinary, NULL) == 0);
    CHECK(pthread_join(threads[0], &results[0]) == 0);
    for (int i = 0; i < repeats(2000); i++) {
        CHECK(pthread_create(threads, NULL, i % 2 ? exits : ordinary, NULL) == 0);
        CHECK(pthread_join(threads[0], &result) == 0);
        CHECK(i % 2 || result == results[0]);
    }
    return 0;
}
