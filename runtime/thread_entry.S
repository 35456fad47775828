/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* void *thread_entry(void *slot): from the native stack to a safe stack and back; threads.h. */

#include "slot_offsets.h"

    .text
    .globl thread_entry
    .hidden thread_entry
    .type thread_entry, @function
thread_entry:
    .cfi_startproc
    /*
     * Unwinding ends here. Beyond lie libc's frames on the native stack, which an attacker can
     * write; libc takes the end for what it is when a thread exits or is cancelled.
     */
    .cfi_undefined %rip
    endbr64
    mov %rsp, %rsi
    mov %rbp, %rdx
    mov (%rsp), %rcx
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call thread_begin
    mov %rax, %rsp
    xor %ebp, %ebp
    call thread_run
    /* The way back is the slot's record of it; the native stack is not believed. */
    mov SLOT_NATIVE_FRAME(%rax), %rbp
    mov SLOT_NATIVE_RETURN(%rax), %rcx
    mov SLOT_NATIVE_STACK(%rax), %rsp
    mov SLOT_RESULT(%rax), %rax
    add $8, %rsp
    jmp *%rcx
    .cfi_endproc
    .size thread_entry, . - thread_entry

    .section .note.GNU-stack, "", @progbits
