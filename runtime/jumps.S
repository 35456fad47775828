/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What of setjmp and contexts handles registers. Each function has where the return address of
 * its caller lies in r10, the register of the static chain: compiled code says so.
 */
#include "jump_offsets.h"
#include "slot_offsets.h"

    .text

/* Saves the callee's registers as a struct registers at rsp; rdi and rsi above it. */
    .macro save_registers
    mov (%rsp), %rax
    lea 8(%rsp), %r11
    push %rsi
    push %rdi
    push %rax
    push %r11
    push %r15
    push %r14
    push %r13
    push %r12
    push %rbp
    push %rbx
    .cfi_adjust_cfa_offset 80
    .endm

    .macro leave_registers
    add $REGISTERS_SIZE, %rsp
    pop %rdi
    pop %rsi
    .cfi_adjust_cfa_offset -80
    .endm

/* Calls a function of C, with the registers saved, and takes them off the stack again. */
    .macro call_with_registers name
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call \name
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    leave_registers
    .endm

    .macro function name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    endbr64
    .endm

    .macro end name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* setjmp by `record`, and by libc's `other` where the stack is not isolated. */
    .macro set name, mask=
    function \name
    .ifnb \mask
    mov $\mask, %esi
    .endif
    save_registers
    mov %rsp, %rdx
    mov %r10, %rcx
    call_with_registers jump_set
    test %eax, %eax
    jnz 1f
    ret
1:  jmp *__sigsetjmp@GOTPCREL(%rip)
    end \name
    .endm

    set __memsentry__setjmp, 0
    set __memsentry_setjmp, 1
    set __memsentry_sigsetjmp
    set __memsentry___sigsetjmp

    function __memsentry_builtin_setjmp
    save_registers
    mov %rsp, %rsi
    mov %r10, %rdx
    call_with_registers jump_set_builtin
    ret
    end __memsentry_builtin_setjmp

    .macro context name, saves
    function __memsentry_\name
    save_registers
    .if \saves == 1
    mov %rsp, %rsi
    mov %r10, %rdx
    .else
    mov %rsp, %rdx
    mov %r10, %rcx
    .endif
    call_with_registers context_\name
    test %eax, %eax
    jnz 1f
    ret
1:  jmp *\name@GOTPCREL(%rip)
    end __memsentry_\name
    .endm

    context getcontext, 1
    context swapcontext, 2

/* Where libc's longjmp gets to: the handle is in rbp, the value in eax. */
    .hidden jump_landing
    function jump_landing
    .cfi_undefined %rip
    mov %rbp, %rdi
    mov %eax, %esi
    and $-16, %rsp
    xor %ebp, %ebp
    call jump_land
    hlt
    end jump_landing

/*
 * void jump_resume(const struct registers *, int value, struct slot *thread,
 *                  struct slot *context, struct slot *parked, struct slot *ended): with a thread
 * the stack changes to that of the context, or to the thread's own without one. Once the old
 * stack is left, `parked` may be resumed by any thread, and `ended` is given back.
 */
    .hidden jump_resume
    function jump_resume
    mov %rdi, %rax
    mov 0(%rax), %rbx
    mov 8(%rax), %rbp
    mov 16(%rax), %r12
    mov 24(%rax), %r13
    mov 32(%rax), %r14
    mov 40(%rax), %r15
    mov REGISTERS_RIP(%rax), %r10
    .cfi_undefined %rip
    test %rdx, %rdx
    jnz 1f
    mov REGISTERS_RSP(%rax), %rsp
    mov %esi, %eax
    jmp *%r10
1:  cmp %rcx, SLOT_GOING(%rdx)
    jne 4f
    mov REGISTERS_RSP(%rax), %rsp
    mov %rcx, SLOT_CONTEXT(%rdx)
    movq $0, SLOT_GOING(%rdx)
    test %r8, %r8
    jz 2f
    movl $SLOT_STATE_PARKED, SLOT_STATE(%r8)
2:  test %r9, %r9
    jnz 3f
    mov %esi, %eax
    jmp *%r10
3:  mov %rsp, %rax
    and $-16, %rsp
    push %rax
    push %r10
    push %rsi
    sub $8, %rsp
    mov %r9, %rdi
    call context_release
    add $8, %rsp
    pop %rax
    pop %r10
    pop %rsp
    jmp *%r10
4:  and $-16, %rsp
    call jump_interrupted
    hlt
    end jump_resume

/*
 * The start of a context: its registers for arguments and its function lie on the stack, and
 * then the arguments that do not fit into registers.
 */
    .hidden context_start
    function context_start
    .cfi_undefined %rip
    sub $8, %rsp
    call context_begin
    add $8, %rsp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %r8
    pop %r9
    pop %rax
    xor %ebp, %ebp
    call *%rax
    and $-16, %rsp
    call context_end
    hlt
    end context_start

    .section .note.GNU-stack, "", @progbits
