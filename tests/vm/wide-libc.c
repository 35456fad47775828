/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Tells which functions of the libc change zmm16 to zmm31 on this processor, and how: what a
 * backend that keeps its keys in zmm27 to zmm31 has to know. Not a test: what is here is
 * another libc's. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "wide.h"

enum { MOST = 1 << 20 };
static struct registers before, after;

static void load(void)
{
    for (int i = 0; i < COUNT; i++)
        for (int lane = 0; lane < LANES; lane++)
            before.lane[i][lane] = 0x5a5a000000005a5a + (uint64_t)(i << 8 | lane) * 0x100000001;
    __asm__ volatile(EACH(LOAD) : : "r"(&before) : "memory");
}

static unsigned changed(void)
{
    __asm__ volatile(EACH(STORE) : : "r"(&after) : "memory");
    unsigned mask = 0;
    for (int i = 0; i < COUNT; i++)
        for (int lane = 0; lane < LANES; lane++)
            if (before.lane[i][lane] != after.lane[i][lane])
                mask |= 1u << i;
    return mask;
}

static char *a, *b; /* strings of the same size */
static wchar_t *wa, *wb;
static volatile uintptr_t sink;

/* S: bytes of a string that ends there. The calls are through pointers, so that none is built
 * in. */
#define FUNCTIONS(X)                                                                           \
    X(memcpy, sink = (uintptr_t)p_memcpy(a, b, s))                                             \
    X(memmove, sink = (uintptr_t)p_memmove(a + 1, a, s))                                       \
    X(mempcpy, sink = (uintptr_t)p_mempcpy(a, b, s))                                           \
    X(memset, sink = (uintptr_t)p_memset(a, 'x', s))                                           \
    X(explicit_bzero, p_explicit_bzero(a, s))                                                  \
    X(memcmp, sink = (uintptr_t)p_memcmp(a, b, s))                                             \
    X(bcmp, sink = (uintptr_t)p_bcmp(a, b, s))                                                 \
    X(memchr, sink = (uintptr_t)p_memchr(a, 'y', s))                                           \
    X(memrchr, sink = (uintptr_t)p_memrchr(a, 'y', s))                                         \
    X(rawmemchr, sink = (uintptr_t)p_rawmemchr(a, 0))                                          \
    X(memmem, sink = (uintptr_t)p_memmem(a, s, "xyz", 3))                                      \
    X(memccpy, sink = (uintptr_t)p_memccpy(b, a, 'y', s))                                      \
    X(strlen, sink = p_strlen(a))                                                              \
    X(strnlen, sink = p_strnlen(a, s + 1))                                                     \
    X(strcmp, sink = (uintptr_t)p_strcmp(a, b))                                                \
    X(strncmp, sink = (uintptr_t)p_strncmp(a, b, s))                                           \
    X(strcasecmp, sink = (uintptr_t)p_strcasecmp(a, b))                                        \
    X(strncasecmp, sink = (uintptr_t)p_strncasecmp(a, b, s))                                   \
    X(strcoll, sink = (uintptr_t)p_strcoll(a, b))                                              \
    X(strchr, sink = (uintptr_t)p_strchr(a, 'y'))                                              \
    X(strchrnul, sink = (uintptr_t)p_strchrnul(a, 'y'))                                        \
    X(strrchr, sink = (uintptr_t)p_strrchr(a, 'y'))                                            \
    X(strcpy, sink = (uintptr_t)p_strcpy(b, a))                                                \
    X(stpcpy, sink = (uintptr_t)p_stpcpy(b, a))                                                \
    X(strncpy, sink = (uintptr_t)p_strncpy(b, a, s))                                           \
    X(strcat, (b[0] = 0, sink = (uintptr_t)p_strcat(b, a)))                                    \
    X(strncat, (b[0] = 0, sink = (uintptr_t)p_strncat(b, a, s)))                               \
    X(strstr, sink = (uintptr_t)p_strstr(a, "yz"))                                             \
    X(strcasestr, sink = (uintptr_t)p_strcasestr(a, "yz"))                                     \
    X(strspn, sink = p_strspn(a, "xw"))                                                        \
    X(strcspn, sink = p_strcspn(a, "yz"))                                                      \
    X(strpbrk, sink = (uintptr_t)p_strpbrk(a, "yz"))                                           \
    X(strdup, free((void *)(sink = (uintptr_t)p_strdup(a))))                                   \
    X(wcslen, sink = p_wcslen(wa))                                                             \
    X(wcsnlen, sink = p_wcsnlen(wa, s + 1))                                                    \
    X(wcscpy, sink = (uintptr_t)p_wcscpy(wb, wa))                                              \
    X(wcschr, sink = (uintptr_t)p_wcschr(wa, L'y'))                                            \
    X(wcsrchr, sink = (uintptr_t)p_wcsrchr(wa, L'y'))                                          \
    X(wcscmp, sink = (uintptr_t)p_wcscmp(wa, wb))                                              \
    X(wcsncmp, sink = (uintptr_t)p_wcsncmp(wa, wb, s))                                         \
    X(wmemchr, sink = (uintptr_t)p_wmemchr(wa, L'y', s))                                       \
    X(wmemcmp, sink = (uintptr_t)p_wmemcmp(wa, wb, s))                                         \
    X(wmemset, sink = (uintptr_t)p_wmemset(wa, L'x', s))                                       \
    X(wmemcpy, sink = (uintptr_t)p_wmemcpy(wb, wa, s))

#define POINTER(name, call) static __typeof__(&name) volatile p_##name = name;
FUNCTIONS(POINTER)

static const unsigned sizes[] = {
    0,    1,    3,    7,    8,    15,   16,   17,    31,    32,     33,     63,  64,
    65,   96,   127,  128,  129,  191,  255,  256,   257,   384,    511,    512, 513,
    1000, 1024, 2000, 2048, 4096, 5000, 8192, 16384, 40000, 131072, 1000000};

/* Where the strings start in a page, and whether there is something to find in them. */
static const unsigned starts[] = {0, 1, 33, 4089};
static char *pages_of_a, *pages_of_b;
static wchar_t *pages_of_wa, *pages_of_wb;
enum { VARIANTS = 2 * sizeof starts / sizeof starts[0], MOST_OF_OTHERS = 8192 };

static void fill(unsigned size, unsigned variant)
{
    unsigned start = starts[variant / 2];
    a = pages_of_a + start, b = pages_of_b + start / 2;
    wa = pages_of_wa + start, wb = pages_of_wb + start / 2;
    for (unsigned i = 0; i < size; i++)
        a[i] = b[i] = 'x', wa[i] = wb[i] = L'x';
    if (variant % 2 == 1 && size > 0) {
        a[size / 2] = 'y', wa[size / 2] = L'y';
        b[size - 1] = 'Z', wb[size - 1] = L'Z';
    }
    a[size] = b[size] = 0, wa[size] = wb[size] = 0;
}

static void tell(const char *name, unsigned mask, unsigned first, unsigned last)
{
    if (mask == 0) {
        printf("%s: none\n", name);
        return;
    }
    printf("%s:", name);
    for (int i = 0; i < COUNT; i++)
        if (mask >> i & 1)
            printf(" %d", 16 + i);
    if (last != 0)
        printf(" (sizes from %u to %u)", first, last);
    printf("%s\n", mask >> 11 ? "  <-- a key" : "");
}

#define SIZED(name, call)                                                                      \
    static void try_##name(void)                                                               \
    {                                                                                          \
        unsigned all = 0, first = 0, last = 0;                                                 \
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {                        \
            unsigned s = sizes[i], end = s > MOST_OF_OTHERS ? 1 : VARIANTS;                    \
            for (unsigned variant = 0; variant < end; variant++) {                             \
                fill(s, variant);                                                              \
                sink = s;                                                                      \
                call;                                                                          \
                fill(s, variant);                                                              \
                load();                                                                        \
                call;                                                                          \
                unsigned mask = changed();                                                     \
                if (mask != 0) {                                                               \
                    first = all != 0 ? first : s;                                              \
                    last = s;                                                                  \
                }                                                                              \
                all |= mask;                                                                   \
            }                                                                                  \
        }                                                                                      \
        tell(#name, all, first, last);                                                         \
    }
FUNCTIONS(SIZED)

static int compare(const void *one, const void *other)
{
    return *(const char *)one - *(const char *)other;
}

static void *thread(void *argument)
{
    return argument;
}

static pthread_t other;
static char numbers[100];
static struct tm broken;
static time_t moment = 1700000000;

#define OTHERS(X)                                                                              \
    X("snprintf %d %s %f", snprintf(a, 200, "%d %s %f", 42, "a string", 3.5))                  \
    X("fprintf to /dev/null", (fprintf(null, "%d %s\n", 42, b), fflush(null)))                 \
    X("sscanf", sscanf("12 34", "%d", (int *)numbers))                                         \
    X("strtol", strtol("123456", NULL, 10))                                                    \
    X("strtod", (sink = (uintptr_t)strtod("1.5e10", NULL)))                                    \
    X("qsort", qsort(numbers, 100, 1, compare))                                                \
    X("malloc, free of 100", free(malloc(100)))                                                \
    X("malloc, free of 1 MiB", free(malloc(1 << 20)))                                          \
    X("calloc, free of 1000", free(calloc(10, 100)))                                           \
    X("realloc", free(realloc(malloc(1000), 9000)))                                            \
    X("getenv", (sink = (uintptr_t)getenv("HOME")))                                            \
    X("setenv", setenv("NAME", "value", 1))                                                    \
    X("time, gmtime_r", gmtime_r(&moment, &broken))                                            \
    X("localtime_r", localtime_r(&moment, &broken))                                            \
    X("strftime", strftime(a, 100, "%c", &broken))                                             \
    X("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &now))                                   \
    X("strerror", (sink = (uintptr_t)strerror(ENOENT)))                                        \
    X("fopen, fgets, fclose",                                                                  \
      (file = fopen("/proc/self/maps", "r"), fgets(a, 200, file), fclose(file)))               \
    X("getpid", getpid())                                                                      \
    X("mmap, munmap", munmap(mmap(NULL, 4096, 3, 0x22, -1, 0), 4096))                          \
    X("pthread_create, join",                                                                  \
      (pthread_create(&other, NULL, thread, NULL), pthread_join(other, NULL)))                 \
    X("pthread_mutex_lock, unlock",                                                            \
      (pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)))                              \
    X("sin, exp, pow, log", (real = sin(real) + exp(real) + pow(real, 1.5) + log(real + 9)))   \
    X("sinf, expf", (real = (double)(sinf((float)real) + expf((float)real))))                  \
    X("floor, rint, fma", (real = floor(real) + rint(real) + fma(real, 2, 3)))                 \
    X("toupper, isalpha", (sink = (uintptr_t)(toupper('x') + isalpha('y'))))                   \
    X("mbstowcs", mbstowcs(wa, "a string", 100))                                               \
    X("wcstombs", wcstombs(a, L"a string", 100))                                               \
    X("iconv", (in = numbers, out = a, left = 50, room = 400,                                  \
                iconv(converter, &in, &left, &out, &room)))                                    \
    X("setlocale", (sink = (uintptr_t)setlocale(LC_ALL, "C")))

int main(void)
{
    if (!__builtin_cpu_supports("avx512f")) {
        printf("no AVX-512F on this processor\n");
        return 77;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    size_t size = MOST + 2 * 4096;
    pages_of_a = aligned_alloc(4096, size), pages_of_b = aligned_alloc(4096, size);
    pages_of_wa = aligned_alloc(4096, size * sizeof *wa);
    pages_of_wb = aligned_alloc(4096, size * sizeof *wb);
    printf("strings:\n");
#define TRY(name, call) try_##name();
    FUNCTIONS(TRY)
    printf("others:\n");
    fill(20, 0);
    FILE *null = fopen("/dev/null", "w"), *file;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    volatile double real = 1.25;
    struct timespec now;
    char *in, *out;
    size_t left, room;
    iconv_t converter = iconv_open("UTF-16", "UTF-8");
#define TRY_OTHER(name, call)                                                                  \
    {                                                                                          \
        sink = (uintptr_t)(call, 0);                                                           \
        load();                                                                                \
        sink = (uintptr_t)(call, 0);                                                           \
        tell(name, changed(), 0, 0);                                                           \
    }
    OTHERS(TRY_OTHER)
    return 0;
}
