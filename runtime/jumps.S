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

/* setjmp by jump_set(), and by libc's where the stack is not isolated. */
    .macro set_slowly name
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

/*
 * What setjmp without a mask mostly is: its entry comes behind the newest one, at a place that
 * has been used before, or is the newest one, of the same function and buffer. Where it is
 * neither jump_set() does it, with nothing changed before. This does what jumps.c does, in the
 * same order: a handler of a signal may come at any instruction, and finds no valid entry that
 * is not whole.
 */
    function __memsentry__setjmp
    xor %esi, %esi
.Lset_without_mask:
    mov %rsp, %rcx
    shr $SLOT_CLASS_SHIFT, %rcx
    sub $SLOT_CLASS_START, %ecx
    cmp $SLOT_CLASSES, %ecx
    jae 9f
    /* stack_around() */
    lea SLOT_RECORD_SHIFT(%rcx, %rcx), %ecx
    mov %rsp, %rdx
    shr %cl, %rdx
    or $15, %rdx
    shl %cl, %rdx
    mov SLOT_JUMPS + TABLE_COUNT(%rdx), %eax
    mov %rax, %r8
    shl $JUMP_SIZE_SHIFT, %r8
    lea SLOT_JUMPS(%rdx, %r8), %r8
    mov (%r10), %r11
    /* Is the newest one of the same function? Of one that has called it, or is there none? */
    mov JUMP_FRAME(%r8), %r9
    cmp %r10, %r9
    je 1f
    sub $1, %r9
    cmp %r10, %r9
    jb 9f
    inc %eax
    cmp SLOT_JUMPS + TABLE_PEAK(%rdx), %eax
    ja 9f
    add $JUMP_SIZE, %r8
    movq $0, JUMP_NUMBER(%r8)
    movq $0, JUMP_FRAME(%r8)
    mov %eax, SLOT_JUMPS + TABLE_COUNT(%rdx)
    jmp 2f
1:  cmp %rdi, JUMP_BUFFER(%r8)
    jne 9f
    cmp %r11, JUMP_RETURNS_TO(%r8)
    jne 9f
    movq $0, JUMP_NUMBER(%r8)
2:  mov %r11, JUMP_RETURNS_TO(%r8)
    mov %rdi, JUMP_BUFFER(%r8)
    mov %rbx, JUMP_REGISTERS + REGISTERS_RBX(%r8)
    mov %rbp, JUMP_REGISTERS + REGISTERS_RBP(%r8)
    mov %r12, JUMP_REGISTERS + REGISTERS_R12(%r8)
    mov %r13, JUMP_REGISTERS + REGISTERS_R13(%r8)
    mov %r14, JUMP_REGISTERS + REGISTERS_R14(%r8)
    mov %r15, JUMP_REGISTERS + REGISTERS_R15(%r8)
    lea 8(%rsp), %r9
    mov %r9, JUMP_REGISTERS + REGISTERS_RSP(%r8)
    mov (%rsp), %r11
    mov %r11, JUMP_REGISTERS + REGISTERS_RIP(%r8)
    mov __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), %rcx
    mov %fs:(%rcx), %rcx
    mov %rcx, JUMP_UNSAFE_STACK(%r8)
    mov %r10, JUMP_FRAME(%r8)
    /* The handle. */
    dec %eax
    shl $HANDLE_INDEX_SHIFT, %rax
    or SLOT_JUMPS_HANDLE(%rdx), %rax
3:  incl SLOT_JUMPS + TABLE_NUMBER(%rdx)
    mov SLOT_JUMPS + TABLE_NUMBER(%rdx), %ecx
    and $HANDLE_NUMBER_MASK, %ecx
    jz 3b
    mov %ecx, JUMP_NUMBER(%r8)
    or %rcx, %rax
    /* The program's buffer. */
    bts $BUFFER_SPLIT_BIT, %rdi
    mov %rbx, BUFFER_RBX(%rdi)
    mov %r12, BUFFER_R12(%rdi)
    mov %r13, BUFFER_R13(%rdi)
    mov %r14, BUFFER_R14(%rdi)
    mov %r15, BUFFER_R15(%rdi)
    lea jump_landing(%rip), %r11
    mov %fs:POINTER_GUARD, %rcx
    xor %rcx, %r9
    xor %rcx, %r11
    xor %rcx, %rax
    rol $POINTER_ROTATION, %r9
    rol $POINTER_ROTATION, %r11
    rol $POINTER_ROTATION, %rax
    mov %r9, BUFFER_RSP(%rdi)
    mov %r11, BUFFER_RIP(%rdi)
    mov %rax, BUFFER_HANDLE(%rdi)
    movl $0, BUFFER_MASK_WAS_SAVED(%rdi)
    xor %eax, %eax
    ret
9:  set_slowly __memsentry__setjmp

    function __memsentry_setjmp
    mov $1, %esi
    set_slowly __memsentry_setjmp

    .macro set name
    function \name
    test %esi, %esi
    jz .Lset_without_mask
    set_slowly \name
    .endm

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
