/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The start object of a hardened executable. The linker sends crt1's call of __libc_start_main
 * here (--wrap): the runtime starts, the main thread moves to its safe stack where the program
 * has one, and libc goes on as always. argv and the environment stay where the kernel put them.
 */

    .text
    /* Tells the runtime library that it will be called below. */
    .globl __memsentry_start_object
__memsentry_start_object:
    .globl __wrap___libc_start_main
    .type __wrap___libc_start_main, @function
__wrap___libc_start_main:
    .cfi_startproc
    /* The outermost frame for debuggers and unwinders. */
    .cfi_undefined %rip
    endbr64
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %r8
    push %r9
    sub $8, %rsp
    /* Not null when a defense that needs safe stacks is linked in. */
    mov __memsentry_safestack@GOTPCREL(%rip), %rdi
    mov %rsp, %rsi
    call *__memsentry_start@GOTPCREL(%rip)
    add $8, %rsp
    pop %r9
    pop %r8
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    /* The seventh argument, the end of the stack, lies above the return address. */
    mov 8(%rsp), %r10
    test %rax, %rax
    jz 1f
    mov %rax, %rsp
1:  and $-16, %rsp
    sub $8, %rsp
    push %r10
    call *__real___libc_start_main@GOTPCREL(%rip)
    hlt
    .cfi_endproc
    .size __wrap___libc_start_main, . - __wrap___libc_start_main

    .weak __memsentry_safestack
    .section .note.GNU-stack, "", @progbits
