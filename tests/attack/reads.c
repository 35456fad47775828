/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One function for each way that code reads memory, let loose on a safe region. */
#include <x86intrin.h>
#include <stdarg.h>
#include <stdatomic.h>

#include "region.h"

/* What was read: some of it is not zero. */
static volatile long loot[32];

#define TAKE(value)                                                                            \
    __extension__({                                                                            \
        __auto_type taken = (value);                                                           \
        memcpy((void *)loot, &taken, sizeof taken);                                            \
    })

static long array[64];
static __thread long thread_array[64];

#define FAR(from) CORRUPTED(((long)target - (long)(from)) / 8)

static void load1(char *target)
{
    TAKE(*target);
}

static void load8(char *target)
{
    TAKE(*(long *)target);
}

static void load_volatile(char *target)
{
    loot[0] = *(volatile short *)target;
}

static void load_nontemporal(char *target)
{
    TAKE(__builtin_nontemporal_load((long *)target));
}

struct block {
    long words[32];
};

static void load_field(char *target)
{
    TAKE(((struct block *)target)->words[5]);
}

static void load_bit_field(char *target)
{
    struct fields {
        unsigned a : 3, b : 17, c : 5;
    };
    loot[0] = ((struct fields *)target)->b;
}

static void load_index(char *target)
{
    TAKE(array[FAR(array)]);
}

static void load_long_double(char *target)
{
    TAKE(*(long double *)target);
}

static void load_int128(char *target)
{
    TAKE(*(__int128 *)target);
}

static void load_vector(char *target)
{
    TAKE(*(__m128i *)target);
}

__attribute__((target("sse3"))) static void load_unaligned_vector(char *target)
{
    TAKE(_mm_lddqu_si128((__m128i *)target));
}

static void load_pointers(char *target)
{
    for (int i = 0; i < 8; i++)
        loot[i] = (long)((char **)target)[i];
}

static void load_atomic(char *target)
{
    TAKE(atomic_load((_Atomic long *)target));
}

static void load_thread_local(char *target)
{
    TAKE(thread_array[FAR(thread_array)]);
}

static void load_variable_array(char *target)
{
    long locals[CORRUPTED(7)];
    __asm__ volatile("" : : "r"(locals) : "memory");
    TAKE(locals[FAR(locals)]);
}

__attribute__((target("avx2"))) static void masked_load(char *target)
{
    TAKE(_mm256_maskload_epi64((long long *)target, _mm256_set1_epi64x(-1)));
}

static void skip(const char *what)
{
    printf("skip: %s\n", what);
    exit(0);
}

typedef long four __attribute__((ext_vector_type(4)));
typedef _Bool four_bits __attribute__((ext_vector_type(4)));

#if __has_builtin(__builtin_masked_gather)
static void expand_load(char *target)
{
    TAKE(__builtin_masked_expand_load((four_bits){1, 0, 1, 1}, (long *)target));
}

static void gather_builtin(char *target)
{
    TAKE(__builtin_masked_gather((four_bits){1, 1, 1, 1}, (four){0, 1, 2, 3}, (long *)target));
}
#else
static void expand_load(char *target)
{
    (void)target;
    skip("clang lacks __builtin_masked_expand_load");
}

static void gather_builtin(char *target)
{
    (void)target;
    skip("clang lacks __builtin_masked_gather");
}
#endif

__attribute__((target("avx2"))) static void gather_narrow(char *target)
{
    TAKE(_mm256_i32gather_epi64((long long *)target, _mm_set_epi32(3, 2, 1, 0), 8));
}

/* The base is fine, the indices are not. */
__attribute__((target("avx2"))) static void gather_wide(char *target)
{
    long index = FAR(array);
    TAKE(_mm256_i64gather_epi64((long long *)array, _mm256_set1_epi64x(index), 8));
}

__attribute__((target("avx2"))) static void gather_pointers(char *target)
{
    TAKE(_mm256_i64gather_epi32((int *)CORRUPTED(0L), _mm256_set1_epi64x((long)target), 1));
}

static void copy_constant(char *target)
{
    memcpy((void *)loot, target, 64);
}

static void copy_variable(char *target)
{
    memcpy((void *)loot, target, CORRUPTED((size_t)100));
}

static void copy_inline(char *target)
{
    __builtin_memcpy_inline((void *)loot, target, 100);
}

static void copy_struct(char *target)
{
    *(struct block *)loot = *(struct block *)target;
}

__attribute__((noinline)) static void take_block(struct block block)
{
    memcpy((void *)loot, &block, sizeof block);
}

static void pass_struct(char *target)
{
    take_block(*(struct block *)target);
}

static void sum_loop(char *target)
{
    long sum = 0;
    for (int i = 0, count = CORRUPTED(100); i < count; i++)
        sum += target[i];
    loot[0] = sum;
}

static void takes_list(int count, ...)
{
    va_list list;
    va_start(list, count);
    /* What the list points to lies in memory, and so does the pointer. */
    struct {
        unsigned gp, fp;
        char *overflow, *saved;
    } *inside = (void *)list;
    inside->gp = inside->fp = 1000;
    inside->overflow = CORRUPTED((char *)region + 2048);
    __asm__ volatile("" : : "r"(inside) : "memory");
    loot[0] = va_arg(list, long);
    va_end(list);
}

static void va_arg_list(char *target)
{
    (void)target;
    takes_list(1, 2L);
}

static void asm_input(char *target)
{
    long value;
    __asm__ volatile("movq %1, %0" : "=r"(value) : "m"(*(long *)target));
    loot[0] = value;
}

static const struct primitive primitives[] = {
#define PRIMITIVE(name, blocked_by, offset) {#name, name},
#include "reads.def"
};

static const char *state(void)
{
    for (size_t i = 0; i < sizeof loot / sizeof *loot; i++)
        if (loot[i])
            return "changed";
    return "unchanged";
}

int main(int count, char **arguments)
{
    region = saferegion_alloc_named(4096, "target");
    fill_region();
    for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
        if (count == 2 && strcmp(arguments[1], primitives[i].name) == 0) {
            char *target = (char *)region + 2048;
            printf("%p\n", (void *)target);
            fflush(stdout);
            primitives[i].attack(target);
            puts(state());
            return 0;
        }
    return 2;
}
