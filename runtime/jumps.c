/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What setjmp saves, and going there; see jumps.h. */
#include "jumps.h"

#include "arena.h"
#include "die.h"
#include "report.h"
#include "threads.h"
#include "visibility.h"

#define INDEX_LIMIT (1u << (HANDLE_SLOT_SHIFT - HANDLE_INDEX_SHIFT))
/* Entries of the same function that are looked at, as a rule. */
#define SEARCHED 8

static_assert(STACK_NUMBERS <= UINT64_C(1) << (64 - HANDLE_SLOT_SHIFT),
              "every slot has a number");
static_assert(HANDLE_NUMBER_MASK == (1u << HANDLE_INDEX_SHIFT) - 1, "and every entry");

/* From jumps.S. */
_Noreturn void jump_resume(const struct registers *registers, int value, struct slot *thread,
                           struct slot *context, struct slot *parked, struct slot *ended);
/* For jumps.S. */
_Noreturn void jump_interrupted(void);

/* Between two stores that a handler of a signal must not see in another order. */
static void order(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

/* What comes before the entries. */
struct table {
    uint64_t frame;       /* 0, where an entry has its own: it ends searches */
    uint32_t count, peak; /* entries in use, ever used */
    uint32_t number;      /* counts what entries are given */
};

static_assert(sizeof(struct table) <= JUMP_SIZE, "it has the place of an entry");
static_assert(offsetof(struct table, frame) == JUMP_FRAME, "as jumps.S has it");
static_assert(offsetof(struct table, count) == TABLE_COUNT, "the same");
static_assert(offsetof(struct table, peak) == TABLE_PEAK, "the same");
static_assert(offsetof(struct table, number) == TABLE_NUMBER, "the same");

static struct table *table_of(const struct slot *slot)
{
    return stack_jumps(slot);
}

static struct jump *entry_of(const struct slot *slot, uint32_t index)
{
    return (struct jump *)((char *)stack_jumps(slot) + (index + UINT64_C(1)) * JUMP_SIZE);
}

/* The newest one, or what comes before all. */
static struct jump *last_of(const struct slot *slot)
{
    return (struct jump *)((char *)stack_jumps(slot) +
                           table_of(slot)->count * (uint64_t)JUMP_SIZE);
}

void jumps_reset(struct slot *slot)
{
    /* Most threads never touch it. */
    if (slot->jumps_used)
        table_of(slot)->count = 0;
}

void jumps_prepare(struct slot *slot, uint64_t size)
{
    const uint64_t count = size / JUMP_SIZE - 1;
    slot->jumps_limit = count < INDEX_LIMIT ? (uint32_t)count : INDEX_LIMIT;
    slot->jumps_handle = (uint64_t)stack_number(slot) << HANDLE_SLOT_SHIFT;
}

void jumps_discard(struct slot *slot)
{
    const uint32_t kept = PAGE / JUMP_SIZE - 1;
    if (!slot->jumps_used || table_of(slot)->peak <= kept)
        return;
    const uint64_t end = (uint64_t)entry_of(slot, table_of(slot)->peak) + PAGE - 1;
    const uint64_t start = (uint64_t)stack_jumps(slot) + PAGE;
    arena_discard(start, (end & -PAGE) - start);
    table_of(slot)->peak = kept;
}

static void drop_last(struct slot *slot)
{
    struct jump *last = last_of(slot);
    last->number = 0;
    last->frame = 0;
    order();
    table_of(slot)->count--;
    order();
}

/*
 * Drops what is deeper than `frame`. What is being filled in, by code that this one has
 * interrupted, stays.
 */
static void drop_deeper(struct slot *slot, uint64_t frame)
{
    while (last_of(slot)->frame != 0 && last_of(slot)->frame < frame)
        drop_last(slot);
}

EXPORT void __memsentry_forget_jumps(uint64_t frame);

void __memsentry_forget_jumps(uint64_t frame)
{
    struct slot *slot = stack_around(frame);
    if (slot != NULL)
        drop_deeper(slot, frame + 1);
}

static uint64_t returns_to(uint64_t frame)
{
    return *(const volatile uint64_t *)frame;
}

static bool is_own(const struct jump *jump, const void *buffer, uint64_t frame)
{
    return jump->frame == frame && jump->buffer == buffer &&
           jump->returns_to == returns_to(frame);
}

/* The one that this function has for this buffer, among the last `count`. */
static struct jump *find_own(struct slot *slot, const void *buffer, uint64_t frame,
                             uint32_t count)
{
    for (uint32_t i = table_of(slot)->count; i-- != 0 && count-- != 0;) {
        struct jump *jump = entry_of(slot, i);
        if (jump->frame != frame)
            break;
        if (is_own(jump, buffer, frame))
            return jump;
    }
    return NULL;
}

static struct jump *append(struct slot *slot)
{
    const uint32_t index = table_of(slot)->count;
    struct jump *jump = entry_of(slot, index);
    /* From now on jumps.S appends there by itself. */
    if (table_of(slot)->peak <= index)
        table_of(slot)->peak = index + 1;
    slot->jumps_used = true;
    jump->number = 0;
    jump->frame = 0;
    order();
    table_of(slot)->count = index + 1;
    order();
    return jump;
}

/* A function may go through thousands of buffers: what its buffer holds saves the search. */
static struct jump *reuse(struct slot *slot, const void *buffer, uint64_t frame, uint64_t hint)
{
    const uint32_t index = (uint32_t)(hint >> HANDLE_INDEX_SHIFT) % INDEX_LIMIT;
    if (index < table_of(slot)->count && is_own(entry_of(slot, index), buffer, frame))
        return entry_of(slot, index);
    struct jump *jump = find_own(slot, buffer, frame, SEARCHED);
    if (jump != NULL || table_of(slot)->count < slot->jumps_limit)
        return jump;
    jump = find_own(slot, buffer, frame, UINT32_MAX);
    if (jump == NULL)
        die("more calls of setjmp are in force than a stack of this size has room for");
    return jump;
}

struct jump *jump_create(struct slot *slot, const void *buffer, uint64_t hint, uint64_t frame,
                         const struct registers *registers)
{
    drop_deeper(slot, frame);
    struct jump *jump = reuse(slot, buffer, frame, hint);
    if (jump == NULL)
        jump = append(slot);
    jump->number = 0;
    order();
    jump->returns_to = returns_to(frame);
    jump->buffer = buffer;
    jump->mask_saved = jump->context = jump->fresh = false;
    jump->registers = *registers;
    jump->unsafe_stack = __safestack_unsafe_stack_ptr;
    order();
    jump->frame = frame;
    return jump;
}

void jump_forget_all(struct slot *slot)
{
    while (table_of(slot)->count != 0)
        drop_last(slot);
}

void jump_forget_last(struct slot *slot, const void *buffer)
{
    if (table_of(slot)->count != 0 && last_of(slot)->buffer == buffer)
        drop_last(slot);
}

uint64_t jump_publish(struct slot *slot, struct jump *jump)
{
    uint32_t number = 0;
    while (number == 0)
        number = ++table_of(slot)->number & HANDLE_NUMBER_MASK;
    order();
    jump->number = number;
    const uint64_t index = (uint64_t)((char *)jump - (char *)entry_of(slot, 0)) / JUMP_SIZE;
    return slot->jumps_handle | index << HANDLE_INDEX_SHIFT | number;
}

static bool is_of(uint64_t handle, const struct slot *slot)
{
    return (handle ^ slot->jumps_handle) >> HANDLE_SLOT_SHIFT == 0;
}

/* The stack that a handle says. */
static struct slot *slot_of(uint64_t handle)
{
    struct slot *slot = stack_of_number((uint32_t)(handle >> HANDLE_SLOT_SHIFT));
    /* Of all numbers that lead there, it has one. */
    return slot != NULL && is_of(handle, slot) ? slot : NULL;
}

/* The entry, where a function that is no deeper than `depth` still runs. */
static struct jump *look_up(const struct slot *slot, uint64_t handle, uint64_t depth)
{
    const uint32_t index = (uint32_t)(handle >> HANDLE_INDEX_SHIFT) % INDEX_LIMIT;
    const uint32_t number = (uint32_t)handle & HANDLE_NUMBER_MASK;
    if (number == 0 || index >= table_of(slot)->count)
        return NULL;
    struct jump *jump = entry_of(slot, index);
    if (jump->number != number || jump->frame < depth ||
        (!jump->fresh && returns_to(jump->frame) != jump->returns_to))
        return NULL;
    return jump;
}

static uint64_t here(void)
{
    return (uint64_t)__builtin_frame_address(0);
}

/* The alternate signal stack of a thread's slot lies below its stack. */
static bool is_alternate(const struct slot *slot, uint64_t address)
{
    return address < slot->low;
}

struct jump *jump_find_here(struct slot *own, uint64_t handle)
{
    if (!is_of(handle, own) || stack_thread(own)->going != NULL || is_alternate(own, here()))
        return NULL;
    struct jump *jump = look_up(own, handle, here());
    return jump != NULL && !jump->context && !jump->mask_saved ? jump : NULL;
}

struct destination jump_find(struct slot *own, uint64_t handle)
{
    struct destination to = {.handle = handle, .slot = slot_of(handle)};
    const struct slot *thread = stack_thread(own);
    if (to.slot == NULL)
        return to;
    if (to.slot == own)
        to.depth = here();
    else if (to.slot == thread->context)
        /* A handler on the alternate stack: the context was left anywhere. */
        to.depth = 0;
    else if (to.slot == thread ||
             (to.slot->context_stack != 0 && atomic_load(&to.slot->state) == SLOT_PARKED))
        to.depth = to.slot->parked;
    else
        return to;
    to.jump = look_up(to.slot, handle, to.depth);
    /* The handler of a context goes back to the thread's own stack. */
    if (to.jump != NULL && to.slot == own && thread->context != NULL &&
        is_alternate(own, to.depth) && !is_alternate(own, to.jump->frame) &&
        to.jump->frame < own->parked)
        to.jump = NULL;
    return to;
}

/*
 * A handler of a signal has interrupted a change of stacks, and jumps. Within itself: then the
 * change goes on when it returns. Or elsewhere: then it will never be made.
 */
static void settle(struct slot *own, struct slot *thread, struct destination to)
{
    struct slot *going = thread->going;
    if (going == NULL || to.slot == going ||
        (to.slot == thread && is_alternate(thread, to.jump->frame)) ||
        (to.slot == stack_around(thread->going_from) && to.jump->frame < thread->going_from))
        return;
    if (to.jump->context)
        die("a signal handler has changed contexts while that was being done");
    thread->going = NULL;
    /* While it is our stack it is not anybody else's. */
    if (own != going)
        atomic_store(&going->state, SLOT_PARKED);
}

/* Makes a context the calling thread's. */
static void take(struct slot *thread, struct slot *context)
{
    uint32_t expected = SLOT_PARKED;
    if (!atomic_compare_exchange_strong(&context->state, &expected, SLOT_RUNNING))
        die("two threads resumed the same context");
    context->thread = thread;
    thread->going_from = here();
    order();
    thread->going = context;
    order();
}

/* All but the registers. */
static void restore(struct slot *slot, const struct jump *jump)
{
    __safestack_unsafe_stack_ptr = jump->unsafe_stack;
    /* Of an abandoned handler there may be entries that were never filled in. */
    while (last_of(slot) != jump && last_of(slot)->frame < jump->frame)
        drop_last(slot);
}

void jump_back(struct slot *own, const struct jump *jump, int value)
{
    restore(own, jump);
    jump_resume(&jump->registers, value, NULL, NULL, NULL, NULL);
}

void jump_to(struct slot *own, struct destination to, int value, struct slot *ended)
{
    struct slot *thread = stack_thread(own);
    settle(own, thread, to);
    const bool on_alternate = is_alternate(own, here());
    struct slot *left = on_alternate && thread->context != NULL ? thread->context : own;
    const bool stays = to.slot == left ||
                       (to.slot == own && on_alternate && is_alternate(own, to.jump->frame));
    if (!stays && to.slot != thread)
        take(thread, to.slot);
    /* It is ours now; before, another thread may have run it. */
    struct jump *jump = look_up(to.slot, to.handle, to.depth);
    if (jump == NULL || jump != to.jump || to.slot == ended)
        die("two threads resumed the same context");
    if (!stays)
        left->parked = left == own ? here() : 0;
    restore(to.slot, jump);
    jump_resume(&jump->registers, value, stays ? NULL : thread,
                to.slot != thread ? to.slot : NULL,
                left != thread && left != ended ? left : NULL, ended);
}

void jump_interrupted(void)
{
    die("a signal handler has changed contexts while that was being done");
}

void jump_refuse(const char *function, const void *buffer, const char *what, uint64_t pc)
{
    struct text text = {0};
    report_begin(&text);
    text_put(&text, function);
    if (buffer != NULL) {
        text_put(&text, " to ");
        text_put_hex(&text, (uint64_t)buffer, 12);
    }
    text_put(&text, ", ");
    text_put(&text, what);
    report_end(&text, pc, "invalid-jump");
    die_silently();
}
