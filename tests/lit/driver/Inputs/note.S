/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An object with the note TEXT, or without one, and code. */
    .file "note.S"
    .section .note.memsentry, "a", @note
#ifdef TEXT
    .balign 4
    .long 10, 2f - 1f, 1
    .asciz "MemSentry"
    .balign 4
1:  .asciz TEXT
2:  .balign 4
#endif
    .text
    .globl NAME
NAME:
#ifdef CALL
    sub $8, %rsp
    call CALL@PLT
    add $8, %rsp
    xor %eax, %eax
#endif
    ret
    .section .note.GNU-stack, "", @progbits
