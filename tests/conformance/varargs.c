/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Variable arguments of every class, in registers and on the stack, and who gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "check.h"

struct one {
    char c;
};
struct two_longs {
    long a, b;
};
struct floats {
    float a, b;
};
struct mixed {
    double a;
    long b;
};
struct large {
    long a[5];
};
struct aligned {
    _Alignas(32) long a[4];
};
typedef float vector __attribute__((vector_size(16)));

/* Adds up what `kinds` says; the k-th argument is expected to have the value k. */
static int check_list(const char *kinds, va_list list)
{
    int k = 0;
    for (; kinds[k] != '\0'; k++) {
        switch (kinds[k]) {
        case 'i':
            CHECK(va_arg(list, int) == k);
            break;
        case 'l':
            CHECK(va_arg(list, long) == k);
            break;
        case 'p':
            CHECK(va_arg(list, char *) == (char *)(intptr_t)k);
            break;
        case 'd':
            CHECK(va_arg(list, double) == k);
            break;
        case 'D':
            CHECK(va_arg(list, long double) == k);
            break;
        case 'x':
            CHECK(va_arg(list, __int128) == ((__int128)k << 64 | k));
            break;
        case 'o':
            CHECK(va_arg(list, struct one).c == k);
            break;
        case 't': {
            struct two_longs value = va_arg(list, struct two_longs);
            CHECK(value.a == k && value.b == -k);
            break;
        }
        case 'f': {
            struct floats value = va_arg(list, struct floats);
            CHECK(value.a == (float)k && value.b == (float)-k);
            break;
        }
        case 'm': {
            struct mixed value = va_arg(list, struct mixed);
            CHECK(value.a == k && value.b == -k);
            break;
        }
        case 'b': {
            struct large value = va_arg(list, struct large);
            CHECK(value.a[0] == k && value.a[4] == -k);
            break;
        }
        case 'a': {
            struct aligned value = va_arg(list, struct aligned);
            CHECK(value.a[0] == k && value.a[3] == -k);
            break;
        }
        case 'c': {
            _Complex double value = va_arg(list, _Complex double);
            CHECK(__real__ value == k && __imag__ value == -k);
            break;
        }
        case 'v': {
            vector value = va_arg(list, vector);
            CHECK(value[0] == (float)k && value[3] == (float)-k);
            break;
        }
        default:
            CHECK(0);
        }
    }
    return k;
}

/* Defined, and seen by the compiler, before its callers. */
int take(const char *kinds, ...);
__attribute__((noinline)) int take(const char *kinds, ...)
{
    va_list list;
    va_start(list, kinds);
    int count = check_list(kinds, list);
    va_end(list);
    return count;
}

static struct one one(int k)
{
    return (struct one){(char)k};
}
static struct two_longs two(int k)
{
    return (struct two_longs){k, -k};
}
static struct floats floats(int k)
{
    return (struct floats){(float)k, (float)-k};
}
static struct mixed mixed(int k)
{
    return (struct mixed){k, -k};
}
static struct large large(int k)
{
    return (struct large){{k, 0, 0, 0, -k}};
}
static struct aligned aligned(int k)
{
    return (struct aligned){{k, 0, 0, -k}};
}
static __int128 wide(int k)
{
    return (__int128)k << 64 | k;
}
static vector vec(int k)
{
    return (vector){(float)k, 0, 0, (float)-k};
}
static _Complex double complex(int k)
{
    _Complex double value;
    __real__ value = k;
    __imag__ value = -k;
    return value;
}

static void classes(void)
{
    CHECK(take("") == 0);
    CHECK(take("iiiii", 0, 1, 2, 3, 4) == 5);
    CHECK(take("iiiiiiiiii", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) == 10);
    CHECK(take("dddddddddd", 0., 1., 2., 3., 4., 5., 6., 7., 8., 9.) == 10);
    CHECK(take("idididididididididid", 0, 1., 2, 3., 4, 5., 6, 7., 8, 9., 10, 11., 12, 13., 14,
               15., 16, 17., 18, 19.) == 20);
    CHECK(take("iDiDiD", 0, 1.L, 2, 3.L, 4, 5.L) == 6);
#if __clang_major__ >= 20 /* clang 19 disagrees with itself here */
    /* One integer register is left for the 128 bits, which then take none. */
    CHECK(take("llllxlxl", 0L, 1L, 2L, 3L, wide(4), 5L, wide(6), 7L) == 8);
#endif
    CHECK(take("lllxllx", 0L, 1L, 2L, wide(3), 4L, 5L, wide(6)) == 7);
    CHECK(take("xxxx", wide(0), wide(1), wide(2), wide(3)) == 4);
    CHECK(take("lllltltl", 0L, 1L, 2L, 3L, two(4), 5L, two(6), 7L) == 8);
    CHECK(take("oooooooo", one(0), one(1), one(2), one(3), one(4), one(5), one(6), one(7)) ==
          8);
    CHECK(take("ffffffffff", floats(0), floats(1), floats(2), floats(3), floats(4), floats(5),
               floats(6), floats(7), floats(8), floats(9)) == 10);
    CHECK(take("mmmmmmm", mixed(0), mixed(1), mixed(2), mixed(3), mixed(4), mixed(5),
               mixed(6)) == 7);
    CHECK(take("ibibi", 0, large(1), 2, large(3), 4) == 5);
    CHECK(take("iaiab", 0, aligned(1), 2, aligned(3), large(4)) == 5);
    CHECK(take("ccccc", complex(0), complex(1), complex(2), complex(3), complex(4)) == 5);
    CHECK(take("vvvvvvvvvvi", vec(0), vec(1), vec(2), vec(3), vec(4), vec(5), vec(6), vec(7),
               vec(8), vec(9), 10) == 11);
    CHECK(take("pDxbldmafotvciDvdxpl", (char *)0, 1.L, wide(2), large(3), 4L, 5., mixed(6),
               aligned(7), floats(8), one(9), two(10), vec(11), complex(12), 13, 14.L, vec(15),
               16., wide(17), (char *)18, 19L) == 20);
}

#define TEN(n)                                                                                 \
    (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, (n) + 7, (n) + 8, (n) + 9

static void a_hundred(void)
{
    char kinds[101];
    memset(kinds, 'i', 100);
    kinds[100] = '\0';
    CHECK(take(kinds, TEN(0), TEN(10), TEN(20), TEN(30), TEN(40), TEN(50), TEN(60), TEN(70),
               TEN(80), TEN(90)) == 100);
}

/* Parameters with a name that are on the stack, before those without. */
__attribute__((noinline)) static int named(int a, int b, int c, int d, int e, int f, int g,
                                           long double h, struct large i, const char *kinds,
                                           ...)
{
    va_list list;
    CHECK(a + b + c + d + e + f + g == 28 && h == 8 && i.a[4] == -9);
    va_start(list, kinds);
    int count = check_list(kinds, list);
    va_end(list);
    return count;
}

/* The same, with the result in memory. */
__attribute__((noinline)) static struct large result_in_memory(const char *kinds, ...)
{
    va_list list;
    va_start(list, kinds);
    int count = check_list(kinds, list);
    va_end(list);
    return large(count);
}

__attribute__((noinline)) static int twice(const char *kinds, ...)
{
    va_list list, copy;
    va_start(list, kinds);
    va_copy(copy, list);
    int count = check_list(kinds, list);
    CHECK(check_list(kinds, copy) == count);
    va_end(copy);
    va_end(list);
    va_start(list, kinds);
    CHECK(check_list(kinds, list) == count);
    va_end(list);
    return count;
}

__attribute__((noinline, format(printf, 3, 4))) static int format(char *text, size_t size,
                                                                  const char *pattern, ...)
{
    va_list list;
    va_start(list, pattern);
    int length = vsnprintf(text, size, pattern, list);
    va_end(list);
    return length;
}

static void libc(void)
{
    char text[200], words[3][8];
    int numbers[9];
    CHECK(format(text, sizeof text, "%d %s %g %d %d %Lg %d %d %g", 1, "two", 3., 4, 5, 6.L, 7,
                 8, 9.) > 0);
    CHECK(strcmp(text, "1 two 3 4 5 6 7 8 9") == 0);
    CHECK(snprintf(text, sizeof text, "%d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7) == 13);
    CHECK(sscanf("1 2 3 4 5 6 a b c", "%d %d %d %d %d %d %s %s %s", &numbers[0], &numbers[1],
                 &numbers[2], &numbers[3], &numbers[4], &numbers[5], words[0], words[1],
                 words[2]) == 9);
    CHECK(numbers[5] == 6 && strcmp(words[2], "c") == 0);
}

__attribute__((noinline)) static int recurse(int depth, ...)
{
    va_list list;
    int sum = 0;
    if (depth > 0)
        sum = recurse(depth - 1, 1, 2, 3, 4, 5, 6, depth, 8.);
    va_start(list, depth);
    for (int i = 0; i < 6; i++)
        CHECK(va_arg(list, int) == i + 1);
    sum += va_arg(list, int);
    CHECK(va_arg(list, double) == 8.);
    va_end(list);
    return sum;
}

static jmp_buf environment;

__attribute__((noinline)) static int jump(const char *kinds, ...)
{
    va_list list;
    volatile int again = 0;
    if (setjmp(environment) != 0)
        again = 1;
    va_start(list, kinds);
    int count = check_list(kinds, list);
    va_end(list);
    if (!again)
        longjmp(environment, 1);
    return count;
}

static int (*volatile by_pointer)(const char *, ...) = take;
static int (*volatile unprototyped)() = (int (*)())(void (*)(void))take;

#pragma clang diagnostic ignored "-Wdeprecated-non-prototype"
#pragma clang diagnostic ignored "-Wunknown-warning-option"

/* More is asked for than was given: whatever comes, the program goes on. */
__attribute__((noinline)) static long too_many(int count, ...)
{
    va_list list;
    long sum = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum |= va_arg(list, long);
    va_end(list);
    return sum;
}

int main(void)
{
    classes();
    a_hundred();
    CHECK(named(1, 2, 3, 4, 5, 6, 7, 8.L, large(9), "idDbv", 0, 1., 2.L, large(3), vec(4)) ==
          5);
    CHECK(result_in_memory("iiiiiid", 0, 1, 2, 3, 4, 5, 6.).a[0] == 7);
    CHECK(twice("iiiiiiidDb", 0, 1, 2, 3, 4, 5, 6, 7., 8.L, large(9)) == 10);
    libc();
    CHECK(recurse(3, 1, 2, 3, 4, 5, 6, 7, 8.) == 1 + 2 + 3 + 7);
    CHECK(jump("iiiiiiid", 0, 1, 2, 3, 4, 5, 6, 7.) == 8);
    CHECK(by_pointer("iiiiiiid", 0, 1, 2, 3, 4, 5, 6, 7.) == 8);
    CHECK(unprototyped("iiiiiiid", 0, 1, 2, 3, 4, 5, 6, 7.) == 8);
    escape((void *)too_many(8, 1L));
    return 0;
}
