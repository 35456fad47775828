/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Allocates safe stacks; see stacks.h. */
#include "stacks.h"

#include <sys/mman.h>

#include "arena.h"
#include "die.h"
#include "jumps.h"
#include "kernel.h"

#define RECORD_SIZE MEMSENTRY_STACK_RECORD_SIZE
/* What stays in memory when a slot is given back: most threads use no more. */
#define KEPT_SIZE (64 * MEMSENTRY_KIB)
/* What tells whether a stack was used beyond some place; frames that leap over it are rare. */
#define TELLTALE_SIZE (8 * MEMSENTRY_KIB)

static_assert(sizeof(struct slot) <= PAGE, "the record fits its page");
static_assert(RECORD_SIZE(0) > PAGE, "there is room for entries");
static_assert(MEMSENTRY_STACK_SLOT_SIZE(0) >=
                  2 * MEMSENTRY_STACK_GUARD + ALT_STACK_SIZE(0) + KEPT_SIZE + RECORD_SIZE(0),
              "the smallest slot has a stack");

static uint64_t capacity(int class)
{
    return MEMSENTRY_STACK_SLOT_SIZE(class) - 2 * MEMSENTRY_STACK_GUARD -
           ALT_STACK_SIZE(class) - RECORD_SIZE(class);
}

static uint64_t slot_base(int class, uint32_t index)
{
    return MEMSENTRY_STACKS_START + (uint64_t) class * MEMSENTRY_STACK_CLASS_SPAN +
           index * MEMSENTRY_STACK_SLOT_SIZE(class);
}

static struct slot *slot_record(int class, uint32_t index)
{
    return (struct slot *)(slot_base(class, index) + MEMSENTRY_STACK_SLOT_SIZE(class) -
                           RECORD_SIZE(class));
}

static int class_of(uint64_t address)
{
    return (int)((address - MEMSENTRY_STACKS_START) / MEMSENTRY_STACK_CLASS_SPAN);
}

static uint32_t index_of(uint64_t address)
{
    int class = class_of(address);
    uint64_t offset = (address - MEMSENTRY_STACKS_START) % MEMSENTRY_STACK_CLASS_SPAN;
    /* A power of two; the processor would take its time for a division. */
    return (uint32_t)(offset >> __builtin_ctzll(MEMSENTRY_STACK_SLOT_SIZE(class)));
}

struct slot *stack_of(uint64_t address)
{
    if (address < MEMSENTRY_STACKS_START || address >= MEMSENTRY_STACKS_END ||
        !CONFIG->safe_stacks)
        return NULL;
    uint32_t index = index_of(address);
    int class = class_of(address);
    if (index >= atomic_load(&CONTROL->stacks[class].fresh))
        return NULL;
    return slot_record(class, index);
}

uint32_t stack_number(const struct slot *slot)
{
    return (uint32_t)(((uint64_t)slot - MEMSENTRY_STACKS_START) / MEMSENTRY_STACK_SLOT_SIZE(0));
}

struct slot *stack_of_number(uint32_t number)
{
    return stack_of(MEMSENTRY_STACKS_START + number * MEMSENTRY_STACK_SLOT_SIZE(0));
}

struct slot *stack_checked(const void *pointer)
{
    struct slot *slot = stack_of((uint64_t)pointer);
    return slot == pointer ? slot : NULL;
}

/* Guards, and what a core file shows, once in the life of a slot. */
static bool prepare(struct slot *slot, int class, uint32_t index)
{
    const uint64_t base = slot_base(class, index);
    const uint64_t end = base + MEMSENTRY_STACK_SLOT_SIZE(class);
    const uint64_t alt_low = base + MEMSENTRY_STACK_GUARD;
    const uint64_t alt_high = alt_low + ALT_STACK_SIZE(class);
    const uint64_t low = alt_high + MEMSENTRY_STACK_GUARD;
    if (arena_open(base, end - base) != 0 || arena_guard(base, MEMSENTRY_STACK_GUARD) != 0 ||
        arena_guard(alt_high, MEMSENTRY_STACK_GUARD) != 0)
        return false;
    /* A debugger needs the stack for its backtraces. */
    (void)kernel_advise(low, end - low, MADV_DODUMP);
    slot->low = low;
    slot->high = (uint64_t)slot;
    slot->alt_low = alt_low;
    jumps_prepare(slot, RECORD_SIZE(class) - PAGE);
    slot->prepared = true;
    return true;
}

static struct slot *pop_free(int class)
{
    struct slot_pool *pool = &CONTROL->stacks[class];
    uint64_t head = atomic_load(&pool->free);
    while ((uint32_t)head != 0) {
        struct slot *slot = slot_record(class, (uint32_t)head - 1);
        uint64_t next = ((head >> 32) + 1) << 32 | slot->next_free;
        if (atomic_compare_exchange_weak(&pool->free, &head, next))
            return slot;
    }
    return NULL;
}

static void push_free(struct slot *slot)
{
    struct slot_pool *pool = &CONTROL->stacks[class_of((uint64_t)slot)];
    uint32_t index = index_of((uint64_t)slot);
    uint64_t head = atomic_load(&pool->free);
    uint64_t next;
    do {
        slot->next_free = (uint32_t)head;
        next = ((head >> 32) + 1) << 32 | (index + 1);
    } while (!atomic_compare_exchange_weak(&pool->free, &head, next));
}

static struct slot *take_fresh(int class)
{
    const uint32_t limit =
        (uint32_t)(MEMSENTRY_STACK_CLASS_SPAN / MEMSENTRY_STACK_SLOT_SIZE(class));
    _Atomic uint32_t *fresh = &CONTROL->stacks[class].fresh;
    uint32_t index = atomic_load(fresh);
    struct slot *slot;
    do {
        if (index >= limit)
            return NULL;
        slot = slot_record(class, index);
        /*
         * The record is not readable before where mprotect hands memory out, and as soon as it
         * is counted a child of fork may read it.
         */
        if (arena_open((uint64_t)slot, PAGE) != 0)
            die("no memory for the record of a safe stack");
    } while (!atomic_compare_exchange_weak(fresh, &index, index + 1));

    if (prepare(slot, class, index))
        return slot;
    push_free(slot);
    return NULL;
}

struct slot *stack_acquire(uint64_t stack_size)
{
    int class = 0;
    while (class < MEMSENTRY_STACK_CLASSES - 1 && capacity(class) < stack_size)
        class ++;
    struct slot *slot = pop_free(class);
    if (slot == NULL)
        slot = take_fresh(class);
    else if (!slot->prepared && !prepare(slot, class, index_of((uint64_t)slot))) {
        push_free(slot);
        slot = NULL;
    }
    if (slot == NULL)
        return NULL;
    slot->number = atomic_fetch_add(&CONTROL->threads, 1);
    slot->program_alt = (stack_t){.ss_flags = SS_DISABLE};
    slot->stray = false;
    jumps_reset(slot);
    slot->context = slot->going = slot->thread = NULL;
    slot->context_stack = 0;
    atomic_store(&slot->owner, 0);
    atomic_store(&slot->state, SLOT_RESERVED);
    return slot;
}

void stack_enter(struct slot *slot)
{
    uint32_t expected = SLOT_RESERVED;
    if (!atomic_compare_exchange_strong(&slot->state, &expected, SLOT_RUNNING))
        die("a thread was started on a safe stack that is not its own");
    atomic_store(&slot->owner, kernel_tid());
    const stack_t alt = {.ss_sp = (void *)slot->alt_low,
                         .ss_size = slot->low - MEMSENTRY_STACK_GUARD - slot->alt_low};
    if (kernel_altstack(&alt, NULL) != 0)
        die("the alternate signal stack was refused");
}

/*
 * Gives the memory of a stack back to the kernel, if it was used: the kernel would look at each
 * page that could be there, which takes longer than the whole life of a short context.
 */
static void discard(uint64_t low, uint64_t high)
{
    const uint64_t *words = (const uint64_t *)(high - TELLTALE_SIZE);
    uint64_t any = 0;
    for (size_t i = 0; i < TELLTALE_SIZE / sizeof *words; i++)
        any |= words[i];
    if (any != 0)
        arena_discard(low, high - low);
}

void stack_release(struct slot *slot)
{
    atomic_store(&slot->owner, 0);
    atomic_store(&slot->state, SLOT_FREE);
    discard(slot->alt_low, slot->low - MEMSENTRY_STACK_GUARD);
    discard(slot->low, slot->high - KEPT_SIZE);
    jumps_discard(slot);
    push_free(slot);
}

void stack_after_fork(void)
{
    struct slot *own = stack_current();
    const struct slot *thread = own != NULL ? stack_thread(own) : NULL;
    for (int class = 0; class < MEMSENTRY_STACK_CLASSES; class ++) {
        uint32_t used = atomic_load(&CONTROL->stacks[class].fresh);
        for (uint32_t index = 0; index < used; index++) {
            struct slot *slot = slot_record(class, index);
            if (slot == thread)
                atomic_store(&slot->owner, kernel_tid());
            else if (atomic_load(&slot->state) != SLOT_FREE && slot->context_stack == 0)
                stack_release(slot);
        }
    }
}

int stacks_lock(void)
{
    int error = 0;
    if (!CONFIG->safe_stacks)
        return 0;
    for (int class = 0; class < MEMSENTRY_STACK_CLASSES; class ++) {
        uint32_t used = atomic_load(&CONTROL->stacks[class].fresh);
        for (uint32_t index = 0; index < used && error == 0; index++) {
            const struct slot *slot = slot_record(class, index);
            if (atomic_load(&slot->state) != SLOT_FREE)
                error = kernel_lock_on_fault(slot->low,
                                             slot->high + RECORD_SIZE(class) - slot->low);
        }
    }
    return error;
}
