/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The less common ways that code written in C has to write to memory. */
#include <complex.h>
#include <cpuid.h>
#include <x86intrin.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "region.h"

#define MARK 0x4141414141414141

static char source[4096];
static long array[64];
static __thread long thread_array[64];
extern long other_array[64] __attribute__((alias("array")));
__attribute__((weak)) long weak_array_object[64];

/* How far away the region lies, in longs: no index that stays in the addressing mode. */
#define FAR(from) CORRUPTED(((long)target - (long)(from)) / 8)

static void volatile_store(char *target)
{
    *(volatile short *)target = 0x4141;
}

static void bit_field(char *target)
{
    struct fields {
        unsigned a : 3, b : 17, c : 5;
    };
    ((struct fields *)target)->b = 0x14141;
}

static void packed_field(char *target)
{
    struct __attribute__((packed)) fields {
        char a;
        long b;
    };
    ((struct fields *)target)->b = MARK;
}

static void store_long_double(char *target)
{
    *(long double *)target = 1.5L;
}

static void store_int128(char *target)
{
    *(__int128 *)target = (__int128)MARK << 64 | 7;
}

static void store_complex(char *target)
{
    *(double complex *)target = 1.5 + 2.5 * I;
}

typedef long wide_vector __attribute__((vector_size(128)));

static void store_wide_vector(char *target)
{
    *(wide_vector *)target = (wide_vector){MARK, MARK};
}

static void store_pointers(char *target)
{
    for (int i = 0; i < 8; i++)
        ((char **)target)[i] = source + i;
}

static void stream_vector(char *target)
{
    _mm_stream_si128((__m128i *)target, _mm_set1_epi8(0x41));
}

static void atomic_struct(char *target)
{
    struct pair {
        int a, b;
    };
    atomic_store((_Atomic struct pair *)target, ((struct pair){0x41, 0x41}));
}

static void atomic_nand(char *target)
{
    __atomic_fetch_nand((long *)target, MARK, __ATOMIC_SEQ_CST);
}

__attribute__((target("cx16"))) static void swap_int128(char *target)
{
    __int128 expected;
    memcpy(&expected, source, sizeof expected);
    expected = __sync_val_compare_and_swap((__int128 *)target, expected, MARK);
    __sync_bool_compare_and_swap((__int128 *)target, expected, MARK);
}

static void skip(const char *what)
{
    printf("skip: %s\n", what);
    exit(0);
}

typedef long four __attribute__((ext_vector_type(4)));
typedef _Bool four_bits __attribute__((ext_vector_type(4)));

#if __has_builtin(__builtin_masked_scatter)
static void scatter(char *target)
{
    __builtin_masked_scatter((four_bits){1, 1, 1, 1}, (four){0, 1, 2, 3}, (four){MARK, MARK},
                             (long *)target);
}

static void compress_store(char *target)
{
    __builtin_masked_compress_store((four_bits){1, 0, 1, 1}, (four){MARK, MARK},
                                    (long *)target);
}
#else
static void scatter(char *target)
{
    (void)target;
    skip("clang lacks __builtin_masked_scatter");
}

static void compress_store(char *target)
{
    (void)target;
    skip("clang lacks __builtin_masked_compress_store");
}
#endif

static unsigned features(void)
{
    unsigned a, b, c = 0, d;
    __get_cpuid_count(7, 0, &a, &b, &c, &d);
    return c;
}

__attribute__((target("movdiri"))) static void direct_store(char *target)
{
    if (!(features() & bit_MOVDIRI))
        skip("the processor lacks movdiri");
    _directstoreu_u64(target, MARK);
}

__attribute__((target("movdir64b"))) static void move_64_bytes(char *target)
{
    if (!(features() & bit_MOVDIR64B))
        skip("the processor lacks movdir64b");
    _movdir64b(target, source);
}

__attribute__((target("fxsr"))) static void fxsave_area(char *target)
{
    _fxsave64(target);
}

__attribute__((target("xsave"))) static void xsave_area(char *target)
{
    _xsave64(target, 3);
}

__attribute__((target("clzero"))) static void zero_line(char *target)
{
    unsigned a, b = 0, c, d;
    __get_cpuid(0x80000008, &a, &b, &c, &d);
    if (!(b & 1))
        skip("the processor lacks clzero");
    _mm_clzero(target);
}

static void memcpy_inline(char *target)
{
    __builtin_memcpy_inline(target, source, 200);
}

static void memset_inline(char *target)
{
    __builtin_memset_inline(target, 0x41, 200);
}

static void fill_pattern(char *target)
{
    for (int i = 0, count = CORRUPTED(24); i < count; i++)
        ((int *)target)[i] = 0x41424344;
}

static void copy_loop(char *target)
{
    for (int i = 0, count = CORRUPTED(100); i < count; i++)
        target[i] = source[i];
}

static void variable_array(char *target)
{
    long locals[CORRUPTED(7)];
    __asm__ volatile("" : : "r"(locals) : "memory");
    ((volatile long *)locals)[FAR(locals)] = MARK;
}

static void alloca_array(char *target)
{
    long *locals = __builtin_alloca(CORRUPTED(64L));
    __asm__ volatile("" : : "r"(locals) : "memory");
    ((volatile long *)locals)[FAR(locals)] = MARK;
}

static void thread_local_array(char *target)
{
    thread_array[FAR(thread_array)] = MARK;
}

static void alias_array(char *target)
{
    other_array[FAR(other_array)] = MARK;
}

static void weak_array(char *target)
{
    weak_array_object[FAR(weak_array_object)] = MARK;
}

__attribute__((noinline)) static void writes(char *target)
{
    *(long *)target = MARK;
}

/* Runs before there is an unsafe stack, or anything else. */
static void (*resolve(void))(char *)
{
    return writes;
}

void resolved(char *target) __attribute__((ifunc("resolve")));

static void by_ifunc(char *target)
{
    resolved(target);
}

__attribute__((noinline)) static void by_tail_call(char *target)
{
    __attribute__((musttail)) return writes(target);
}

struct large {
    long words[20];
};

__attribute__((noinline)) static struct large make_large(struct large from)
{
    from.words[3] = MARK;
    return from;
}

static void struct_result(char *target)
{
    struct large large;
    memcpy(&large, source, sizeof large);
    *(struct large *)target = make_large(large);
}

static void jump_table(char *target)
{
    switch (CORRUPTED(4)) {
    case 0:
        array[0] = 1;
        break;
    case 1:
        array[1] = 2;
        break;
    case 2:
        array[7] = 3;
        break;
    case 3:
        array[9] = 4;
        break;
    case 4:
        *(long *)target = MARK;
        break;
    }
}

static void computed_goto(char *target)
{
    static void *const places[] = {&&leave, &&enter};
    goto *places[CORRUPTED(1)];
enter:
    *(long *)target = MARK;
leave:
    return;
}

static void asm_goto(char *target)
{
    __asm__ goto("movq %1, %0; jmp %l2" : "=m"(*(long *)target) : "r"(MARK) : : out);
out:
    return;
}

static void nested_function_pointer(char *target)
{
    void (*volatile function)(char *) = writes;
    function(target);
}

static const struct primitive primitives[] = {
#define PRIMITIVE(name, blocked_by, offset) {#name, name},
#include "accesses.def"
};

int main(int count, char **arguments)
{
    memset(source, 0x41, sizeof source);
    return attack(primitives, sizeof primitives / sizeof *primitives, count, arguments);
}
