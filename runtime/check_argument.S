/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * __memsentry_check_range and __memsentry_check_pointer, see abi.h. They keep every general
 * register but r11, so that the code that hardly ever calls them need not keep its own values
 * from them.
 */
    .text

    .macro check name, length=
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    endbr64
    /* What fault_check_argument() lets pass, and is most of what comes: realloc(NULL, n). */
    .ifnb \length
    test %rdi, %rdi
    jz 1f
    .else
    test %rsi, %rsi
    jz 1f
    .endif
    .irp register, rax, rcx, rdx, rsi, rdi, r8, r9, r10
    push %\register
    .cfi_adjust_cfa_offset 8
    .endr
    .ifnb \length
    mov $\length, %rsi
    .endif
    mov %r11, %rdx     /* the name */
    mov 64(%rsp), %rcx /* where it was called */
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call fault_check_argument
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    .irp register, r10, r9, r8, rdi, rsi, rdx, rcx, rax
    pop %\register
    .cfi_adjust_cfa_offset -8
    .endr
1:  ret
    .cfi_endproc
    .size \name, . - \name
    .endm

    check __memsentry_check_range
    check __memsentry_check_pointer, -1 /* MEMSENTRY_LENGTH_UNKNOWN */

    .section .note.GNU-stack, "", @progbits
