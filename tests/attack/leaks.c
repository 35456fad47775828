/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attacks that read the safe stack: through corrupted pointers, through a va_list, by asking
 * for more arguments than there are, and with the runtime's callbacks as deputies.
 */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"

/* What the attacker is after lies where the native stack is. */
static void leaked(void)
{
    static const char word[] = "leaked\n";
    (void)!write(1, word, 7);
    _exit(42);
}

static inline __attribute__((always_inline)) uint64_t *return_slot(void)
{
    char *pointer;
    __asm__ volatile("mov %%rbp, %0" : "=r"(pointer));
    return (uint64_t *)(pointer + 8);
}

static inline __attribute__((always_inline)) uint64_t return_address(void)
{
    return (uint64_t)__builtin_return_address(0);
}

__attribute__((noinline)) static int pointer(void)
{
    if (*CORRUPTED(return_slot()) == return_address())
        leaked();
    return 1;
}

struct list {
    uint32_t gp_offset, fp_offset;
    uint64_t overflow_area, save_area;
};

__attribute__((noinline)) static int list_overflow(int count, ...)
{
    va_list list;
    struct list corrupted;
    va_start(list, count);
    memcpy(&corrupted, list, sizeof corrupted);
    corrupted.gp_offset = 48;
    corrupted.overflow_area = (uint64_t)CORRUPTED(return_slot());
    memcpy(list, &corrupted, sizeof corrupted);
    if (va_arg(list, uint64_t) == return_address())
        leaked();
    va_end(list);
    return 1;
}

__attribute__((noinline)) static int list_registers(int count, ...)
{
    va_list list;
    struct list corrupted;
    va_start(list, count);
    memcpy(&corrupted, list, sizeof corrupted);
    corrupted.gp_offset = 8;
    corrupted.save_area = (uint64_t)CORRUPTED(return_slot()) - 8;
    memcpy(list, &corrupted, sizeof corrupted);
    if (va_arg(list, uint64_t) == return_address())
        leaked();
    va_end(list);
    return 1;
}

/* Whether what lies beyond the arguments holds the return address of a caller. */
__attribute__((noinline)) static int reads_on(uint64_t wanted, int count, ...)
{
    va_list list;
    int found = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        found |= va_arg(list, uint64_t) == wanted;
    va_end(list);
    return found;
}

__attribute__((noinline)) static int too_many(void)
{
    if (reads_on(return_address(), CORRUPTED(60), 1, 2, 3) ||
        reads_on(return_address(), CORRUPTED(60), 1, 2, 3, 4, 5, 6, 7, 8))
        leaked();
    return 1;
}

__attribute__((noinline)) static int adds(int count, ...)
{
    va_list list;
    int sum = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum += va_arg(list, int);
    va_end(list);
    return sum;
}

/* As code calls it that announces nothing. */
static int unannounced(void)
{
    int (*function)(int, int, int, int, int, int, int, int) =
        (int (*)(int, int, int, int, int, int, int, int))(void (*)(void))adds;
    function = CORRUPTED(function);
    __asm__ volatile("xor %%r10d, %%r10d" : : : "r10");
    if (function(7, 1, 2, 3, 4, 5, 6, 7) == 28)
        leaked();
    return 1;
}

/* The same with the bits of an announcement: of an address on the safe stack. */
static int forged(void)
{
    int (*function)(int, ...) = adds;
    long count = 7, sum;
    __asm__ volatile("mov %%rsp, %%rbx\n\t"
                     "and $-64, %%rsp\n\t"
                     "movabs $0x4d53000000000000, %%r10\n\t"
                     "or %%rsp, %%r10\n\t"
                     "xor %%eax, %%eax\n\t"
                     "call *%%rsi\n\t"
                     "mov %%rbx, %%rsp"
                     : "=&a"(sum), "+S"(function), "+D"(count)
                     :
                     : "rbx", "rdx", "rcx", "r8", "r9", "r10", "r11", "memory", "cc");
    leaked();
    return (int)sum;
}

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* Its locals stay on the native stack. */
__attribute__((noinline, no_sanitize("safe-stack"))) static int sort_base(void)
{
    long words[] = {2, 1};
    qsort(CORRUPTED(&words[0]), 2, sizeof *words, by_value);
    if (words[0] == 1)
        leaked();
    return 1;
}

static int sort_count(void)
{
    static long words[2];
    qsort(words, CORRUPTED(SIZE_MAX / 4), sizeof *words, by_value);
    return 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*attack)(void);
    } attacks[] = {{"pointer", pointer}, {"too_many", too_many},   {"unannounced", unannounced},
                   {"forged", forged},   {"sort_base", sort_base}, {"sort_count", sort_count}};
    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "list_overflow") == 0)
        return list_overflow(1, 2), 0;
    if (strcmp(argv[1], "list_registers") == 0)
        return list_registers(1, 2), 0;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (strcmp(argv[1], attacks[i].name) == 0)
            return attacks[i].attack(), 0;
    return 2;
}
