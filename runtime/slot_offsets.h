/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Offsets in struct slot for thread_entry.S and jumps.S; stacks.h asserts them. */
#ifndef RUNTIME_SLOT_OFFSETS_H
#define RUNTIME_SLOT_OFFSETS_H

/* The class of a stack is its address >> SLOT_CLASS_SHIFT, less SLOT_CLASS_START. */
#define SLOT_CLASS_SHIFT 40
#define SLOT_CLASS_START 50
#define SLOT_CLASSES 8
/* The size of a record, of class 0. */
#define SLOT_RECORD_SHIFT 18
/* Where the record's page ends. */
#define SLOT_JUMPS 4096

#define SLOT_STATE 24
#define SLOT_STATE_PARKED 3
#define SLOT_RESULT 64
#define SLOT_NATIVE_STACK 80
#define SLOT_NATIVE_FRAME 88
#define SLOT_NATIVE_RETURN 96
#define SLOT_JUMPS_HANDLE 136
#define SLOT_CONTEXT 152
#define SLOT_GOING 160

#endif
