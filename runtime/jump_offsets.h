/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Offsets for jumps.S; jumps.h, jumps.c and setjmp.c assert them. */
#ifndef RUNTIME_JUMP_OFFSETS_H
#define RUNTIME_JUMP_OFFSETS_H

/* In a handle: the number of the slot, the index of the entry, the number of the entry. */
#define HANDLE_SLOT_SHIFT 43
#define HANDLE_INDEX_SHIFT 26
#define HANDLE_NUMBER_MASK 0x3ffffff

/* struct table, which has the place of an entry before the first one. */
#define TABLE_COUNT 8
#define TABLE_PEAK 12
#define TABLE_NUMBER 16

#define JUMP_SIZE 128
#define JUMP_SIZE_SHIFT 7
#define JUMP_FRAME 0
#define JUMP_RETURNS_TO 8
#define JUMP_BUFFER 16
/* Eight bytes: the flags come along. */
#define JUMP_NUMBER 24
#define JUMP_REGISTERS 40
#define JUMP_UNSAFE_STACK 104

#define REGISTERS_RBX 0
#define REGISTERS_RBP 8
#define REGISTERS_R12 16
#define REGISTERS_R13 24
#define REGISTERS_R14 32
#define REGISTERS_R15 40
#define REGISTERS_RSP 48
#define REGISTERS_RIP 56
#define REGISTERS_SIZE 64

/* glibc's jmp_buf; where libc has rbp there is the handle. */
#define BUFFER_RBX 0
#define BUFFER_HANDLE 8
#define BUFFER_R12 16
#define BUFFER_R13 24
#define BUFFER_R14 32
#define BUFFER_R15 40
#define BUFFER_RSP 48
#define BUFFER_RIP 56
#define BUFFER_MASK_WAS_SAVED 64
/* What confines a pointer to it. */
#define BUFFER_SPLIT_BIT 46
/* How libc hides addresses in it. */
#define POINTER_GUARD 0x30
#define POINTER_ROTATION 17

#endif
