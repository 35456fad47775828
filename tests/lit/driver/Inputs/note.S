/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An object with the note TEXT, or without one, and code. */
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
    ret
    .section .note.GNU-stack, "", @progbits
