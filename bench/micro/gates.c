/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a gate of protection keys costs, for bench/gates: loops that differ in nothing but how
 * they open and close the domain, in turn. Prints the cycles of each loop of each round; when a
 * result is wrong or the domain stays open, that, and ends with status 1.
 */
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include <memsentry-runtime.h>
#include <memsentry/gates.h>

#define NOINLINE __attribute__((noinline))
/* A loop of its own for each iteration, so that what is compared is one round trip. */
#define REPEAT(i, count)                                                                       \
    _Pragma("clang loop unroll(disable) vectorize(disable)") for (long i = 0; i < (count); i++)

/* What no gate is held open across, so that none is moved out of its loop. */
static volatile long ordinary;

/* An access each to the region and to ordinary memory; for comparison to ordinary memory only.
 */
NOINLINE void loop_plain(volatile long *place, long count)
{
    REPEAT(i, count)
    {
        *place = i;
        ordinary = i;
    }
}

/* The least that opens and closes: two WRPKRU, and what they write. */
MEMSENTRY_NO_SANITIZE NOINLINE void loop_bare(volatile long *place, long count)
{
    long ecx = 0, edx = 0;

    /* Made once, not in the loop. */
    __asm__ volatile("" : "+c"(ecx), "+d"(edx));
    REPEAT(i, count)
    {
        __asm__ volatile(MEMSENTRY_REVIEWED_ASM
                         "movl %[open], %%eax; wrpkru; movq %[value], (%[place]); "
                         "movl %[closed], %%eax; wrpkru"
                         :
                         : [open] "i"(MEMSENTRY_PKRU_OPEN), [closed] "i"(MEMSENTRY_PKRU_CLOSED),
                           [value] "r"(i), [place] "r"(place), "c"(ecx), "d"(edx)
                         : "rax", "memory");
        ordinary = i;
    }
}

NOINLINE void loop_marked(volatile long MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    {
        *place = i;
        ordinary = i;
    }
}

NOINLINE void loop_span(volatile long *place, long count)
{
    REPEAT(i, count)
    {
        memsentry_open();
        *place = i;
        memsentry_close();
        ordinary = i;
    }
}

/* One access and no other: the gates stand outside of the loop. */
NOINLINE void loop_hoisted(volatile long MEMSENTRY_REGION *place, long count)
{
    REPEAT(i, count)
    *place = i;
}

NOINLINE void loop_alone(volatile long *place, long count)
{
    REPEAT(i, count)
    *place = i;
}

MEMSENTRY_SAFE void set_trusted(volatile long *place, long value)
{
    *place = value;
}

NOINLINE void set_plain(volatile long *place, long value)
{
    *place = value;
    __asm__ volatile("");
}

NOINLINE void loop_trusted(volatile long *place, long count)
{
    REPEAT(i, count)
    {
        set_trusted(place, i);
        ordinary = i;
    }
}

NOINLINE void loop_called(volatile long *place, long count)
{
    REPEAT(i, count)
    {
        set_plain(place, i);
        ordinary = i;
    }
}

static void marked(volatile long *place, long count)
{
    loop_marked((volatile long MEMSENTRY_REGION *)place, count);
}

static void hoisted(volatile long *place, long count)
{
    loop_hoisted((volatile long MEMSENTRY_REGION *)place, count);
}

static const struct {
    const char *name;
    void (*run)(volatile long *place, long count);
    int in_region;
} kinds[] = {
    {"plain", loop_plain, 0},   {"bare", loop_bare, 1},       {"marked", marked, 1},
    {"span", loop_span, 1},     {"alone", loop_alone, 0},     {"hoisted", hoisted, 1},
    {"called", loop_called, 0}, {"trusted", loop_trusted, 1},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static uint64_t now(void)
{
    _mm_lfence();
    uint64_t cycles = __rdtsc();
    _mm_lfence();
    return cycles;
}

static int is_closed(void)
{
    uint32_t rights, unused;

    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "rdpkru" : "=a"(rights), "=d"(unused) : "c"(0));
    return (rights & (MEMSENTRY_PKRU_NO_ACCESS | MEMSENTRY_PKRU_NO_WRITE)) != 0;
}

/* QEMU without KVM says so. */
static int is_emulated(void)
{
    unsigned eax, name[3];

    __cpuid(0x40000000, eax, name[0], name[1], name[2]);
    return memcmp(name, "TCGTCGTCGTCG", sizeof name) == 0;
}

static int fail(const char *kind, const char *what)
{
    fprintf(stderr, "gates: error: %s: %s\n", kind, what);
    return 1;
}

static int measure(size_t kind, volatile long *place, long count, int shown)
{
    *(volatile long *)&ordinary = -1;
    uint64_t start = now();
    kinds[kind].run(place, count);
    uint64_t cycles = now() - start;

    if (!is_closed())
        return fail(kinds[kind].name, "the domain is open");
    if (shown)
        printf("%s %llu\n", kinds[kind].name, (unsigned long long)cycles);
    return 0;
}

int main(int argc, char **argv)
{
    long rounds = argc > 2 ? atol(argv[1]) : 0, count = argc > 2 ? atol(argv[2]) : 0;
    static long apart;
    long MEMSENTRY_REGION *region =
        (long MEMSENTRY_REGION *)saferegion_alloc_named(sizeof(long), "gates");

    if (rounds < 1 || count < 1 || !region) {
        fprintf(stderr, "usage: gates ROUNDS ITERATIONS\n");
        return 2;
    }
    if (is_emulated())
        printf("emulated: not a measurement\n");
    printf("iterations %ld\n", count);
    /* The first round warms up. */
    for (long round = 0; round <= rounds; round++) {
        for (size_t i = 0; i < KINDS; i++) {
            size_t kind = round % 2 == 0 ? i : KINDS - 1 - i;
            long *place = kinds[kind].in_region ? (long *)region : &apart;

            *region = -1;
            apart = -1;
            if (measure(kind, place, count, round > 0))
                return 1;
            if ((kinds[kind].in_region ? *region : apart) != count - 1)
                return fail(kinds[kind].name, "wrong result");
            if ((kinds[kind].in_region ? apart : *region) != -1)
                return fail(kinds[kind].name, "it wrote elsewhere");
        }
    }
    printf("right\n");
    return 0;
}
