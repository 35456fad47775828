/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* void *thread_entry(void *slot): from the native stack to a safe stack and back; threads.h. */

    .text
    .globl thread_entry
    .hidden thread_entry
    .type thread_entry, @function
thread_entry:
    .cfi_startproc
    endbr64
    push %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    mov %rsp, %rbp
    .cfi_def_cfa_register %rbp
    mov %rsp, %rsi
    call thread_begin
    /* From here on rbp, saved by every callee on the safe stack, leads back. */
    mov %rax, %rsp
    call thread_run
    mov %rbp, %rsp
    pop %rbp
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size thread_entry, . - thread_entry

    .section .note.GNU-stack, "", @progbits
