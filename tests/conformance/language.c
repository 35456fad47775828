/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Ordinary C that an instrumentation can break: varargs, alloca, VLAs, structs by value, ... */
#include <search.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

struct large {
    long values[40];
};

static long sum_large(struct large large, int index)
{
    large.values[index] += 1;
    long sum = 0;
    for (int i = 0; i < 40; i++)
        sum += large.values[i];
    return sum;
}

static struct large make_large(long first)
{
    struct large large;
    for (int i = 0; i < 40; i++)
        large.values[i] = first + i;
    return large;
}

static long sum_list(int count, va_list list)
{
    va_list copy;
    long sum = 0;
    va_copy(copy, list);
    for (int i = 0; i < count; i++)
        sum += va_arg(copy, long);
    va_end(copy);
    return sum;
}

static long sum(int count, ...)
{
    va_list list;
    va_start(list, count);
    long result = sum_list(count, list);
    va_end(list);
    return result;
}

static double mixed(const char *kinds, ...)
{
    va_list list;
    double result = 0;
    va_start(list, kinds);
    for (; *kinds != '\0'; kinds++) {
        if (*kinds == 'i')
            result += va_arg(list, int);
        else if (*kinds == 'd')
            result += va_arg(list, double);
        else
            result += (double)va_arg(list, struct large).values[3];
    }
    va_end(list);
    return result;
}

static int compare(const void *left, const void *right)
{
    return *(const int *)left - *(const int *)right;
}

static long dynamic(int size)
{
    int array[size];
    char *memory = __builtin_alloca((size_t)size);
    for (int i = 0; i < size; i++) {
        array[i] = i;
        memory[i] = (char)i;
    }
    escape(array);
    escape(memory);
    long result = 0;
    for (int i = 0; i < size; i++)
        result += array[i] + memory[i];
    return result;
}

static void atomics(void)
{
    _Atomic int counters[4] = {0};
    atomic_fetch_add(&counters[3], 5);
    int expected = 5;
    CHECK(atomic_compare_exchange_strong(&counters[3], &expected, 9));
    CHECK(!atomic_compare_exchange_strong(&counters[3], &expected, 1) && expected == 9);
    CHECK(atomic_exchange(&counters[3], 2) == 9 && atomic_load(&counters[3]) == 2);
}

/* A frame of more than a page on each stack. */
__attribute__((noinline)) static int big_frames(int level)
{
    volatile char safe[20000];
    char unsafe[20000];
    safe[0] = (char)level;
    safe[19999] = 1;
    escape(unsafe);
    memset(unsafe, level, sizeof unsafe);
    return level == 0 ? 0
                      : big_frames(level - 1) + safe[19999] + (unsafe[level] == (char)level);
}

int main(void)
{
    CHECK(sum(10, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L) == 55);
    CHECK(mixed("idLidddddddddi", 1, 2.0, make_large(0), 3, 1., 1., 1., 1., 1., 1., 1., 1., 1.,
                4) == 22);
    CHECK(sum_large(make_large(1), 5) == 821);
    CHECK(dynamic(100) == 9900);
    atomics();
    CHECK(big_frames(100) == 200);

    int numbers[1000];
    for (int i = 0; i < 1000; i++)
        numbers[i] = (i * 7919) % 1000;
    qsort(numbers, 1000, sizeof *numbers, compare);
    for (int i = 0; i < 1000; i++)
        CHECK(numbers[i] == i);
    int key = 500;
    CHECK(bsearch(&key, numbers, 1000, sizeof *numbers, compare) == &numbers[500]);
    CHECK(lfind(&key, numbers, &(size_t){1000}, sizeof *numbers, compare) == &numbers[500]);

    char text[64];
    snprintf(text, sizeof text, "%d %s %.2f %c", 42, "words", 1.5, 'x');
    CHECK(strcmp(text, "42 words 1.50 x") == 0);
    int number;
    char word[16];
    CHECK(sscanf(text, "%d %15s", &number, word) == 2 && number == 42);
    CHECK(strcmp(word, "words") == 0);
    memmove(text + 1, text, 20);
    CHECK(memcmp(text, "442 words", 9) == 0);
    wchar_t wide[32];
    CHECK(swprintf(wide, 32, L"%d", 7) == 1 && wcscpy(wide + 5, wide) == wide + 5);
    /* Calls that do nothing may name no memory at all. */
    volatile size_t nothing = 0;
    memcpy((void *)(uintptr_t)nothing, text, nothing);
    memset((void *)(uintptr_t)nothing, 0, nothing);
    return 0;
}
