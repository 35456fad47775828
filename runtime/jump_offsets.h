/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Offsets in struct registers for jumps.S; jumps.h asserts them. */
#ifndef RUNTIME_JUMP_OFFSETS_H
#define RUNTIME_JUMP_OFFSETS_H

#define JUMP_SIZE 128
#define REGISTERS_RSP 48
#define REGISTERS_RIP 56
#define REGISTERS_SIZE 64

#endif
