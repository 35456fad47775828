/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What generated functions and their runner know of each other. */
#ifndef TESTS_LOCALS_H
#define TESTS_LOCALS_H

#include <string.h>

#include "memsentry-runtime.h"

/* Written by the runner: indices, lengths. */
extern volatile long locals_attack[4];
extern const char locals_source[512], locals_text[];
/* Where the function returns to, and the frame of its caller. */
extern const void *volatile locals_return, *volatile locals_frame;

extern long (*const locals_functions[])(void);
extern const int locals_count;

struct three {
    char bytes[3];
};
struct odd {
    int number;
    unsigned bits : 5, others : 3;
    short half;
};
typedef float vector __attribute__((vector_size(16)));
typedef long misaligned_long __attribute__((aligned(1), may_alias));
typedef int misaligned_int __attribute__((aligned(1), may_alias));
typedef short misaligned_short __attribute__((aligned(1), may_alias));

#define LOCALS_FUNCTION __attribute__((noinline))

/* Returns 0 when what lies on the native stack is what it was; else bits of what is not. */
#define LOCALS_END(witnesses)                                                                  \
    do {                                                                                       \
        const void *back, *frame;                                                              \
        __asm__ volatile(MEMSENTRY_REVIEWED_ASM "movq 8(%%rbp), %0\n\tmovq (%%rbp), %1"        \
                         : "=r"(back), "=r"(frame)                                             \
                         :                                                                     \
                         : "memory");                                                          \
        return (back != locals_return) | (frame != locals_frame) << 1 | !(witnesses) << 2;     \
    } while (0)

/* The object is used by somebody. */
static inline void keep(const volatile void *object)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "" : : "r"(object) : "memory");
}

static inline long locals_length(long length)
{
    __asm__("" : "+r"(length));
    return length;
}

/* What a program that is right about it says of an index. */
static inline long believed(long index, long length)
{
    __builtin_assume(index >= 0 && index < length);
    return index;
}

/* Between the check and the use another thread changes it: here each read is another value. */
static inline long checked_twice(const volatile long *index, long length)
{
    return *index < length || *index >= length ? *index : 0;
}

static inline void store_here(char *place, int count)
{
    for (int i = 0; i < count; i++)
        place[i] = 0x41;
}

__attribute__((noinline)) static void store_there(char *place, int count)
{
    for (int i = 0; i < count; i++)
        place[i] = 0x41;
}

#endif
