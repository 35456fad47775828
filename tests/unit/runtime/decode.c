/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sizes of memory operands, of instructions as assemblers write them. */
#include <criterion/criterion.h>

#include "decode.h"

#define SIZE(...) decode_access_size((const uint8_t[16]){__VA_ARGS__})

Test(decode, moves)
{
    cr_assert_eq(SIZE(0x88, 0x07), 1);                /* mov %al, (%rdi) */
    cr_assert_eq(SIZE(0x40, 0x88, 0x37), 1);          /* mov %sil, (%rdi) */
    cr_assert_eq(SIZE(0x66, 0x89, 0x07), 2);          /* mov %ax, (%rdi) */
    cr_assert_eq(SIZE(0x89, 0x07), 4);                /* mov %eax, (%rdi) */
    cr_assert_eq(SIZE(0x44, 0x89, 0x07), 4);          /* mov %r8d, (%rdi) */
    cr_assert_eq(SIZE(0x48, 0x89, 0x07), 8);          /* mov %rax, (%rdi) */
    cr_assert_eq(SIZE(0x49, 0xc7, 0x04, 0x24, 1), 8); /* movq $1, (%r12) */
    cr_assert_eq(SIZE(0xc6, 0x07, 1), 1);             /* movb $1, (%rdi) */
    cr_assert_eq(SIZE(0xf3, 0x48, 0xab), 8);          /* rep stosq */
    cr_assert_eq(SIZE(0xf3, 0xa4), 1);                /* rep movsb */
    cr_assert_eq(SIZE(0xff, 0x07), 4);                /* incl (%rdi) */
}

Test(decode, atomics)
{
    cr_assert_eq(SIZE(0xf0, 0x48, 0x0f, 0xc1, 0x07), 8); /* lock xadd %rax, (%rdi) */
    cr_assert_eq(SIZE(0xf0, 0x0f, 0xb1, 0x0f), 4);       /* lock cmpxchg %ecx, (%rdi) */
    cr_assert_eq(SIZE(0xf0, 0x0f, 0xb0, 0x0f), 1);       /* lock cmpxchg %cl, (%rdi) */
    cr_assert_eq(SIZE(0x87, 0x07), 4);                   /* xchg %eax, (%rdi) */
    cr_assert_eq(SIZE(0xf0, 0x48, 0x01, 0x07), 8);       /* lock add %rax, (%rdi) */
}

Test(decode, vectors)
{
    cr_assert_eq(SIZE(0x0f, 0x11, 0x07), 16);             /* movups %xmm0, (%rdi) */
    cr_assert_eq(SIZE(0xf2, 0x0f, 0x11, 0x07), 8);        /* movsd %xmm0, (%rdi) */
    cr_assert_eq(SIZE(0xf3, 0x0f, 0x11, 0x07), 4);        /* movss %xmm0, (%rdi) */
    cr_assert_eq(SIZE(0x66, 0x0f, 0x7f, 0x07), 16);       /* movdqa %xmm0, (%rdi) */
    cr_assert_eq(SIZE(0xc5, 0xfe, 0x7f, 0x07), 32);       /* vmovdqu %ymm0, (%rdi) */
    cr_assert_eq(SIZE(0xc5, 0xfa, 0x7f, 0x07), 16);       /* vmovdqu %xmm0, (%rdi) */
    cr_assert_eq(SIZE(0xc4, 0xc1, 0x7c, 0x11, 0x00), 32); /* vmovups %ymm0, (%r8) */
    cr_assert_eq(SIZE(0xc5, 0xfb, 0x11, 0x07), 8);        /* vmovsd %xmm0, (%rdi) */
}

Test(decode, others)
{
    cr_assert_eq(SIZE(0x90), 0);                   /* nop */
    cr_assert_eq(SIZE(0xe8, 0, 0, 0, 0), 0);       /* call */
    cr_assert_eq(SIZE(0x66, 0x0f, 0xf7, 0xc1), 0); /* maskmovdqu */
}

/* ---- operands ---- */

static struct operand operand;

#define OPERAND(...) decode_operand((const uint8_t[16]){__VA_ARGS__}, &operand)

static void expect_operand(unsigned base, int index, unsigned scale, int32_t distance,
                           bool write)
{
    cr_assert_eq(operand.base, base);
    cr_assert_eq(operand.index, index);
    cr_assert(index < 0 || operand.scale == scale);
    cr_assert_eq(operand.distance, distance);
    cr_assert_eq(operand.write, write);
}

Test(decode, operands)
{
    cr_assert(OPERAND(0x48, 0x89, 0x07)); /* mov %rax, (%rdi) */
    expect_operand(7, -1, 0, 0, true);
    cr_assert(OPERAND(0x41, 0x8b, 0x44, 0x24, 0xf8)); /* mov -8(%r12), %eax */
    expect_operand(12, -1, 0, -8, false);
    cr_assert(OPERAND(0x48, 0xc7, 0x80, 0, 1, 0, 0, 1, 0, 0, 0)); /* movq $1, 0x100(%rax) */
    expect_operand(0, -1, 0, 256, true);
    cr_assert(OPERAND(0x4b, 0x89, 0x44, 0xc5, 0x10)); /* mov %rax, 0x10(%r13,%r8,8) */
    expect_operand(13, 8, 8, 16, true);
    cr_assert(OPERAND(0xf3, 0x0f, 0x7e, 0x01)); /* movq (%rcx), %xmm0 */
    expect_operand(1, -1, 0, 0, false);
    cr_assert(OPERAND(0x66, 0x0f, 0xd6, 0x01)); /* movq %xmm0, (%rcx) */
    expect_operand(1, -1, 0, 0, true);
    cr_assert(OPERAND(0xc4, 0xc1, 0x7c, 0x11, 0x01)); /* vmovups %ymm0, (%r9) */
    expect_operand(9, -1, 0, 0, true);
    cr_assert(OPERAND(0x83, 0x3f, 1) == false); /* cmpl $1, (%rdi): no common move */
    cr_assert(OPERAND(0x81, 0x3f, 1));          /* cmpl $1, (%rdi), in its long form */
    expect_operand(7, -1, 0, 0, false);
    cr_assert(OPERAND(0xf0, 0x48, 0x01, 0x07)); /* lock add %rax, (%rdi) */
    expect_operand(7, -1, 0, 0, true);
}

Test(decode, no_operands)
{
    cr_assert_not(OPERAND(0x89, 0xc7));             /* mov %eax, %edi */
    cr_assert_not(OPERAND(0x89, 0x05, 1, 0, 0, 0)); /* mov %eax, 1(%rip) */
    cr_assert_not(OPERAND(0xf3, 0x48, 0xab));       /* rep stosq */
    cr_assert_not(OPERAND(0x89, 0x04, 0x25, 0));    /* mov %eax, 0 */
    cr_assert_not(OPERAND(0x90));
}

#define CHECKED(...) decode_bound_check((const uint8_t[16]){__VA_ARGS__}, &length)

Test(decode, bound_checks)
{
    unsigned length = 0;
    cr_assert_eq(CHECKED(0xf3, 0x0f, 0x1a, 0xc0), 0); /* bndcl %rax, %bnd0 */
    cr_assert_eq(length, 4);
    cr_assert_eq(CHECKED(0xf3, 0x0f, 0x1a, 0xc7), 7);        /* %rdi */
    cr_assert_eq(CHECKED(0xf3, 0x41, 0x0f, 0x1a, 0xc7), 15); /* %r15 */
    cr_assert_eq(length, 5);
    cr_assert_eq(CHECKED(0xf3, 0x0f, 0x1a, 0xc8), -1); /* %rax, %bnd1 */
    cr_assert_eq(CHECKED(0xf2, 0x0f, 0x1a, 0xc0), -1); /* bndcu */
    cr_assert_eq(CHECKED(0xf3, 0x0f, 0x1a, 0x07), -1); /* of memory */
    cr_assert_eq(CHECKED(0xf3, 0x0f, 0x1b, 0xc0), -1);
    cr_assert_eq(CHECKED(0x62, 0x07), -1);
}
