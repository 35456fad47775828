/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * setjmp and longjmp of instrumented code. What setjmp saves lies behind the record of the
 * stack that it was called on; the program's jmp_buf has a handle, which longjmp looks up and
 * which leads to nothing but an entry whose function still runs. The jmp_buf of a context
 * (contexts.h) is the same thing.
 *
 * Entries are ordered by their frames, the newest last: those of frames that are gone are
 * dropped when a function that has called setjmp returns, when another one calls setjmp, and by
 * longjmp. A handler of a signal may do all this at any time.
 */
#ifndef RUNTIME_JUMPS_H
#define RUNTIME_JUMPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jump_offsets.h"
#include "stacks.h"

/* What a function may expect to keep over a call. */
struct registers {
    uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

struct jump {
    uint64_t frame;      /* where the function's return address lies; 0 while not filled in */
    uint64_t returns_to; /* that address */
    const void *buffer;  /* the program's */
    uint32_t number;     /* of the entry, in handles; 0 when it is not valid */
    bool mask_saved;
    bool context; /* of getcontext, swapcontext or makecontext */
    bool fresh;   /* of makecontext: to be used once */
    uint16_t x87_control;
    uint32_t mxcsr;
    struct registers registers;
    void *unsafe_stack;
    uint64_t mask;
};

static_assert(sizeof(struct jump) <= JUMP_SIZE, "the entry has its place");
static_assert(JUMP_SIZE == 1 << JUMP_SIZE_SHIFT, "as jumps.S has it");
static_assert(offsetof(struct jump, frame) == JUMP_FRAME, "the same");
static_assert(offsetof(struct jump, returns_to) == JUMP_RETURNS_TO, "the same");
static_assert(offsetof(struct jump, buffer) == JUMP_BUFFER, "the same");
static_assert(offsetof(struct jump, number) == JUMP_NUMBER, "the same");
static_assert(offsetof(struct jump, fresh) < JUMP_NUMBER + 8, "the same");
static_assert(offsetof(struct jump, registers) == JUMP_REGISTERS, "the same");
static_assert(offsetof(struct jump, unsafe_stack) == JUMP_UNSAFE_STACK, "the same");
static_assert(offsetof(struct registers, rsp) == REGISTERS_RSP, "the same");
static_assert(offsetof(struct registers, rip) == REGISTERS_RIP, "the same");
static_assert(sizeof(struct registers) == REGISTERS_SIZE, "the same");

/* The slot is new, and has `size` bytes for entries. */
void jumps_prepare(struct slot *slot, uint64_t size);
/* The slot is taken: nothing has been saved. */
void jumps_reset(struct slot *slot);
/* The slot is given back: what its entries have touched is, too. */
void jumps_discard(struct slot *slot);

/*
 * A new entry, or the one that the same function had for the same buffer; `hint` is what the
 * buffer has for a handle. jump_publish() makes it valid and returns its handle. Ends the
 * process when there is no room.
 */
struct jump *jump_create(struct slot *slot, const void *buffer, uint64_t hint, uint64_t frame,
                         const struct registers *registers);
uint64_t jump_publish(struct slot *slot, struct jump *jump);

/* Drops all entries. */
void jump_forget_all(struct slot *slot);

/* Drops the newest entry when it is one for `buffer`, which is used for something else. */
void jump_forget_last(struct slot *slot, const void *buffer);

/*
 * The entry that a handle leads to, of a function that still runs on a stack that the caller,
 * who is on `own`, may go to; `jump` is NULL when there is none.
 */
struct destination {
    uint64_t handle;
    struct slot *slot;
    uint64_t depth; /* of that stack: what is deeper does not run */
    struct jump *jump;
};

struct destination jump_find(struct slot *own, uint64_t handle);

/*
 * The same for what longjmp mostly goes to: an entry without a mask, on the stack that the
 * caller is on, and no change of stacks to care about. NULL when it is not that.
 */
struct jump *jump_find_here(struct slot *own, uint64_t handle);
/* Goes there, as jump_to(). */
_Noreturn void jump_back(struct slot *own, const struct jump *jump, int value);

/*
 * Goes there: drops what is deeper, puts the calling thread on that stack and the unsafe stack
 * where it was. The function that the entry is of sees `value` returned. `ended` is a context
 * that is over, or NULL.
 */
_Noreturn void jump_to(struct slot *own, struct destination to, int value, struct slot *ended);

/* The end of a process that jumps to what is not there. */
_Noreturn void jump_refuse(const char *function, const void *buffer, const char *what,
                           uint64_t pc);

/* Pointers of the program: the runtime masks by hand. */
static inline void *jump_ordinary(const void *pointer)
{
    return (void *)((uint64_t)pointer | MEMSENTRY_SPLIT);
}

#endif
