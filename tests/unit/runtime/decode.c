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
