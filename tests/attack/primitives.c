/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One function for each way that code writes to memory, let loose on a safe region. Prints
 * "changed" or "unchanged"; what a build makes of it says whether the region is out of reach.
 */
#include <immintrin.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include "region.h"

#define MARK 0x4141414141414141

struct block {
    long words[32];
};

struct node {
    struct node *next;
    long value;
};

static char source[4096];
static long array[64];

static void store1(char *target)
{
    *target = 0x41;
}

static void store8(char *target)
{
    *(long *)target = MARK;
}

static void store_float(char *target)
{
    *(double *)target = 1.5;
}

static void store_vector(char *target)
{
    _mm_storeu_si128((__m128i *)target, _mm_set1_epi8(0x41));
}

static void store_nontemporal(char *target)
{
    __builtin_nontemporal_store((long)MARK, (long *)target);
}

static void store_field(char *target)
{
    ((struct block *)target)->words[5] = MARK;
}

/* Beyond what may stay unmasked: the whole address comes from the index. */
static void store_index(char *target)
{
    long index = CORRUPTED(((long)target - (long)array) / 8);
    array[index] = MARK;
}

static void store_narrow_index(char *target)
{
    uint32_t index = CORRUPTED((uint32_t)3);
    ((long *)target)[index] = MARK;
}

static void store_walk(char *target)
{
    struct node first = {(struct node *)target, 0};
    __asm__ volatile("" : : "r"(&first) : "memory");
    int left = CORRUPTED(2);
    for (struct node *at = &first; left-- > 0; at = at->next)
        at->value = MARK;
}

/* A pointer that walks there in steps: the offset of a loop is bounded by nothing. */
static void store_stride(char *target)
{
    long stride = CORRUPTED((long)target - (long)array);
    char *at = (char *)array;
    for (int i = CORRUPTED(0); i < 2; i++, at += stride)
        *(volatile long *)at = MARK;
}

static void atomic_add(char *target)
{
    atomic_fetch_add((_Atomic long *)target, MARK);
}

static void atomic_swap(char *target)
{
    atomic_exchange((_Atomic int *)target, 0x41414141);
}

static void compare_and_swap(char *target)
{
    long expected = *(volatile long *)target;
    atomic_compare_exchange_strong((_Atomic long *)target, &expected, MARK);
}

static void atomic_store_byte(char *target)
{
    atomic_store((_Atomic char *)target, 0x41);
}

static void memcpy_constant(char *target)
{
    memcpy(target, source, 64);
}

static void memcpy_variable(char *target)
{
    memcpy(target, source, CORRUPTED((size_t)100));
}

static void memmove_variable(char *target)
{
    memmove(target, source, CORRUPTED((size_t)100));
}

static void memset_variable(char *target)
{
    memset(target, 0x41, CORRUPTED((size_t)100));
}

static void assign_struct(char *target)
{
    struct block block;
    memcpy(&block, source, sizeof block);
    __asm__ volatile("" : : "r"(&block) : "memory");
    *(struct block *)target = block;
}

__attribute__((noinline)) static struct block make_block(void)
{
    struct block block;
    memset(&block, 0x41, sizeof block);
    __asm__ volatile("" : : "r"(&block) : "memory");
    return block;
}

static void return_struct(char *target)
{
    *(struct block *)target = make_block();
}

/*
 * From an allowed base far up to the region below: the length wraps around, and libc copies
 * backwards from the end.
 */
static void memmove_wraps(char *target)
{
    char *start = (char *)array;
    size_t length = CORRUPTED((size_t)(target - start));
    memmove(start, start - 64, length);
}

static void through_va_arg(int count, ...)
{
    va_list list;
    va_start(list, count);
    *va_arg(list, long *) = MARK;
    va_end(list);
}

static void pointer_by_va_arg(char *target)
{
    through_va_arg(1, target);
}

static void starts_va_list(va_list *list, ...)
{
    va_start(*list, list);
    __asm__ volatile("" : : "r"(list) : "memory");
    va_end(*list);
}

static void va_start_into(char *target)
{
    starts_va_list((va_list *)target, 1);
}

static void va_copy_into(char *target)
{
    va_list list;
    memset(&list, 0x41, sizeof list);
    va_copy(*(va_list *)target, list);
}

static void asm_operand(char *target)
{
    __asm__ volatile("movq %1, %0" : "=m"(*(long *)target) : "r"(MARK));
}

__attribute__((target("avx2"))) static void masked_store(char *target)
{
    _mm256_maskstore_epi64((long long *)target, _mm256_set1_epi64x(-1),
                           _mm256_set1_epi64x(MARK));
}

static void masked_bytes(char *target)
{
    _mm_maskmoveu_si128(_mm_set1_epi8(0x41), _mm_set1_epi8(-1), target);
}

/* What IPSCCP concludes of a variable does not bind who overwrites it. */
static long state;

__attribute__((noinline)) static void set_state(long value)
{
    state = value & 7;
}

__attribute__((noinline)) static void use_state(long value)
{
    array[state] = value;
}

static void range_of_global(char *target)
{
    set_state(CORRUPTED(3L));
    attacker_writes(&state, (uint64_t)((long)target - (long)array) / 8);
    use_state(MARK);
}

/* A pointer that is kept in a callee-saved register across setjmp comes back from the jmp_buf.
 */
static jmp_buf environment;

static char *wanted;

__attribute__((noinline)) static int attacker_edits_registers(void)
{
    /* rbx, r12 to r15 of glibc's jmp_buf; rbp, rsp and pc are mangled. */
    static const int plain[] = {0, 2, 3, 4, 5};
    for (int i = 0; i < 5; i++)
        attacker_writes((long *)environment + plain[i], (uint64_t)wanted);
    return 1;
}

__attribute__((noinline)) static void store_around_setjmp(long *pointer)
{
    volatile int again = 0;
    pointer[0] = 1;
    if (setjmp(environment) == 0) {
        pointer[1] = 2;
        attacker_edits_registers();
        again = 1;
        longjmp(environment, 1);
    }
    pointer[2] = MARK;
    pointer[3] = again;
}

static void jmp_buf_registers(char *target)
{
    wanted = target;
    store_around_setjmp(malloc(64));
}

/* The same for the registers of the caller of the function that calls setjmp. */
__attribute__((noinline)) static void calls_setjmp(void)
{
    if (setjmp(environment) == 0) {
        attacker_edits_registers();
        longjmp(environment, 1);
    }
}

__attribute__((noinline)) static void store_around_call(long *a, long *b, long *c, long *d)
{
    a[0] = b[0] = c[0] = d[0] = 1;
    calls_setjmp();
    a[0] = b[0] = c[0] = d[0] = MARK;
}

static void jmp_buf_registers_of_caller(char *target)
{
    wanted = target;
    long *memory = malloc(64);
    store_around_call(memory, memory + 1, memory + 2, memory + 3);
}

/* The unsafe stack pointer lies in ordinary memory. */
#if __has_feature(safe_stack)
extern __thread void *__safestack_unsafe_stack_ptr;
#else
static __thread void *__safestack_unsafe_stack_ptr;
#endif

__attribute__((noinline)) static void uses_unsafe_stack(int character)
{
    char buffer[256];
    snprintf(buffer, sizeof buffer, "%0200d", character);
    __asm__ volatile("" : : "r"(buffer) : "memory");
#if !__has_feature(safe_stack)
    /* What a build that trusts the pointer does. */
    memcpy((char *)__safestack_unsafe_stack_ptr - 256, buffer, sizeof buffer);
#endif
}

static void unsafe_stack_pointer(char *target)
{
    void **pointer = &__safestack_unsafe_stack_ptr;
    void *before = *pointer;
    attacker_writes(pointer, (uint64_t)target + 512);
    uses_unsafe_stack(CORRUPTED(7));
    attacker_writes(pointer, (uint64_t)before);
}

static const struct primitive primitives[] = {
#define PRIMITIVE(name, blocked_by, offset) {#name, name},
#include "primitives.def"
};

int main(int count, char **arguments)
{
    memset(source, 0x41, 64);
    return attack(primitives, sizeof primitives / sizeof *primitives, count, arguments);
}
