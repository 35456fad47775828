/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Offsets in struct slot for thread_entry.S and jumps.S; stacks.h asserts them. */
#ifndef RUNTIME_SLOT_OFFSETS_H
#define RUNTIME_SLOT_OFFSETS_H

#define SLOT_STATE 24
#define SLOT_STATE_PARKED 3
#define SLOT_RESULT 64
#define SLOT_NATIVE_STACK 80
#define SLOT_NATIVE_FRAME 88
#define SLOT_NATIVE_RETURN 96
#define SLOT_CONTEXT 144
#define SLOT_GOING 152

#endif
