/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Safe stacks: slots of the stack arena. A slot, from its low end: guard, alternate signal
 * stack, guard, stack, record. The record is the trusted state of the thread that runs on the
 * slot; any address in the slot leads to it, so rsp does, and no thread-local variable has to
 * be believed.
 */
#ifndef RUNTIME_STACKS_H
#define RUNTIME_STACKS_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "slot_offsets.h"

/* Of an alternate signal stack: programs ask for any size, and it is address space only. */
#define ALT_STACK_SIZE(class) (MEMSENTRY_STACK_SLOT_SIZE(class) / 8)

/* A context that runs nowhere is parked; thread slots never are. */
enum slot_state { SLOT_FREE, SLOT_RESERVED, SLOT_RUNNING, SLOT_PARKED };

struct slot {
    uint64_t low, high; /* the stack proper; high is where the record starts */
    uint64_t alt_low;   /* alternate signal stack, up to the guard below `low` */
    _Atomic uint32_t state;
    _Atomic int32_t owner; /* kernel thread id while running */
    uint32_t number;       /* of the thread, in reports: 0 is the main thread */
    uint32_t next_free;    /* slot number + 1 */
    bool prepared;         /* guards are in place */
    bool stray;            /* of a handler whose thread has no safe stack */
    /* What the thread runs. */
    void *(*start)(void *);
    void *argument;
    void *result;
    uint64_t headroom; /* see thread_headroom() */
    /* How to get back to the native stack, whose own copy of it an attacker can write. */
    uint64_t native_stack, native_frame, native_return;
    /* The program's idea of its alternate signal stack, not the kernel's. */
    stack_t program_alt;
    /* Of a function of libc that calls back, on its frame; see callbacks/walk.c. */
    const void *callback;
    /* What setjmp and getcontext save on this stack, see jumps.h: how handles of it begin,
     * room, and whether it was used. */
    uint64_t jumps_handle;
    uint32_t jumps_limit;
    bool jumps_used;
    /* Contexts, see contexts.h. */
    struct slot *context; /* of a thread's slot: the context that the thread runs, or NULL */
    /* The one that it is about to run, and where jump_to() makes it do so. */
    struct slot *going;
    uint64_t going_from;
    struct slot *thread;      /* of a context's slot: that of the thread that runs it */
    uint64_t parked;          /* rsp when the thread or context went to another stack */
    uint64_t context_stack;   /* the program's memory for the unsafe stack; 0: no context */
    const void *context_link; /* where control goes at its end: the program's ucontext_t */
    uint32_t context_next;    /* slot number + 1 of the next one in its bucket */
};

static_assert(offsetof(struct slot, result) == SLOT_RESULT, "as thread_entry.S has it");
static_assert(offsetof(struct slot, state) == SLOT_STATE, "as jumps.S has it");
static_assert(offsetof(struct slot, jumps_handle) == SLOT_JUMPS_HANDLE, "the same");
static_assert(offsetof(struct slot, context) == SLOT_CONTEXT, "the same");
static_assert(offsetof(struct slot, going) == SLOT_GOING, "the same");
static_assert(SLOT_PARKED == SLOT_STATE_PARKED, "the same");
static_assert(MEMSENTRY_STACKS_START == SLOT_CLASS_START * MEMSENTRY_TIB, "the same");
static_assert(MEMSENTRY_STACK_CLASS_SPAN == UINT64_C(1) << SLOT_CLASS_SHIFT, "the same");
static_assert(MEMSENTRY_STACK_CLASSES == SLOT_CLASSES, "the same");
static_assert(MEMSENTRY_STACK_RECORD_SIZE(1) == UINT64_C(1) << (SLOT_RECORD_SHIFT + 2),
              "the same");
static_assert(MEMSENTRY_STACK_SLOT_SIZE(1) == 16 * MEMSENTRY_STACK_RECORD_SIZE(1), "the same");
static_assert(PAGE == SLOT_JUMPS, "the same");
static_assert(offsetof(struct slot, native_stack) == SLOT_NATIVE_STACK, "the same");
static_assert(offsetof(struct slot, native_frame) == SLOT_NATIVE_FRAME, "the same");
static_assert(offsetof(struct slot, native_return) == SLOT_NATIVE_RETURN, "the same");

/*
 * Takes a slot whose stack has at least `stack_size` bytes (the largest there is when that is
 * too much), in state SLOT_RESERVED. NULL when the arena or memory is used up.
 * Async-signal-safe.
 */
struct slot *stack_acquire(uint64_t stack_size);

/* The calling thread becomes the owner and gets the slot's alternate signal stack. */
void stack_enter(struct slot *slot);

/* Gives a slot back; nothing may run on it any more. Async-signal-safe. */
void stack_release(struct slot *slot);

/* The slot that `address` lies in, NULL when it is in none. */
struct slot *stack_of(uint64_t address);

/* As stack_of() for a pointer from ordinary memory: also NULL unless it is exactly a slot. */
struct slot *stack_checked(const void *slot);

/*
 * The number of a slot among all, below STACK_NUMBERS, and the slot that a number leads to, or
 * NULL: larger slots have several.
 */
#define STACK_NUMBERS                                                                          \
    ((MEMSENTRY_STACKS_END - MEMSENTRY_STACKS_START) / MEMSENTRY_STACK_SLOT_SIZE(0))
uint32_t stack_number(const struct slot *slot);
struct slot *stack_of_number(uint32_t number);

/* Room for what setjmp saves: lies behind the record's page. */
static inline void *stack_jumps(const struct slot *slot)
{
    return (void *)((uint64_t)slot + PAGE);
}

/* In the child of fork: only the calling thread is left. */
void stack_after_fork(void);

/* Keeps what is touched of the stacks in use in memory. 0 or a negative errno. */
int stacks_lock(void);

/* The slot that the caller runs on, or NULL. */
static inline struct slot *stack_current(void)
{
    return stack_of((uint64_t)__builtin_frame_address(0));
}

/*
 * As stack_of() for an address that is known to lie on a stack in use, if on any: compiled
 * code's word for where its frame is, or our own frame. No table is read.
 */
static inline struct slot *stack_around(uint64_t address)
{
    const uint64_t offset = address - MEMSENTRY_STACKS_START;
    if (offset >= MEMSENTRY_STACKS_END - MEMSENTRY_STACKS_START)
        return NULL;
    const uint64_t class = offset / MEMSENTRY_STACK_CLASS_SPAN;
    /* The record is the last sixteenth of its slot, which has that as its alignment, too. */
    const uint64_t shift = SLOT_RECORD_SHIFT + 2 * class;
    return (struct slot *)((address >> shift | 15) << shift);
}

/* The slot of the thread that runs on `slot`, which may be a context's. */
static inline struct slot *stack_thread(struct slot *slot)
{
    return slot->context_stack != 0 ? slot->thread : slot;
}

#endif
