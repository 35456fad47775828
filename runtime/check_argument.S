/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * void __memsentry_check_argument(const void *address, uint64_t length, const char *callee): abi.h.
 * It keeps every general register but r11, so that the code that hardly ever calls it need not
 * keep its own values from it.
 */
    .text
    .globl __memsentry_check_argument
    .type __memsentry_check_argument, @function
__memsentry_check_argument:
    .cfi_startproc
    endbr64
    .irp register, rax, rcx, rdx, rsi, rdi, r8, r9, r10
    push %\register
    .cfi_adjust_cfa_offset 8
    .endr
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
    ret
    .cfi_endproc
    .size __memsentry_check_argument, . - __memsentry_check_argument

    .section .note.GNU-stack, "", @progbits
