/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Contexts; see contexts.h. */
#include "contexts.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "die.h"
#include "jumps.h"
#include "kernel.h"
#include "threads.h"
#include "visibility.h"

/* Neither libc nor the kernel uses it. */
#define HANDLE(context) ((context)->uc_mcontext.__reserved1[0])

/* Beyond six, arguments lie on the stack. */
#define REGISTER_ARGUMENTS 6
#define ARGUMENTS_MAX 16

static const char invalid[] =
    "a context that was not saved, has ended or whose function has returned";

/* From jumps.S, and for it. */
void context_start(void);
void context_begin(void);
_Noreturn void context_end(void);
int context_getcontext(ucontext_t *context, const struct registers *registers, uint64_t frame);
int context_swapcontext(ucontext_t *saved, ucontext_t *next, const struct registers *registers,
                        uint64_t frame);

static uint32_t *bucket_of(uint64_t stack)
{
    const uint64_t hash = (stack >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    return &CONTROL->contexts[hash >> (64 - CONTEXT_BUCKETS_LOG)];
}

static void enter(struct slot *slot)
{
    uint32_t *bucket = bucket_of(slot->context_stack);
    slot->context_next = *bucket;
    *bucket = stack_number(slot) + 1;
}

/* Takes it out of its bucket; false when it is not there. */
static bool leave(struct slot *slot)
{
    uint32_t *at = bucket_of(slot->context_stack);
    while (*at != 0) {
        struct slot *found = stack_of_number(*at - 1);
        if (found == slot) {
            *at = slot->context_next;
            return true;
        }
        at = &found->context_next;
    }
    return false;
}

void context_release(struct slot *slot)
{
    pthread_mutex_lock(&CONTROL->contexts_lock);
    const bool known = leave(slot);
    pthread_mutex_unlock(&CONTROL->contexts_lock);
    if (!known)
        die("a context is given back that is none");
    slot->context_stack = 0;
    stack_release(slot);
}

/* Two contexts cannot be on one stack: those that were are over. */
static void release_abandoned(uint64_t stack)
{
    for (;;) {
        struct slot *found = NULL;
        pthread_mutex_lock(&CONTROL->contexts_lock);
        for (uint32_t at = *bucket_of(stack); at != 0; at = found->context_next) {
            uint32_t expected = SLOT_PARKED;
            found = stack_of_number(at - 1);
            if (found->context_stack == stack &&
                atomic_compare_exchange_strong(&found->state, &expected, SLOT_RESERVED))
                break;
            if (found->context_next == 0) {
                found = NULL;
                break;
            }
        }
        pthread_mutex_unlock(&CONTROL->contexts_lock);
        if (found == NULL)
            return;
        context_release(found);
    }
}

/* As libc would fill it in, for those who look. */
static void describe(ucontext_t *context, const struct registers *registers)
{
    greg_t *general = context->uc_mcontext.gregs;
    general[REG_RBX] = (greg_t)registers->rbx;
    general[REG_RBP] = (greg_t)registers->rbp;
    general[REG_R12] = (greg_t)registers->r12;
    general[REG_R13] = (greg_t)registers->r13;
    general[REG_R14] = (greg_t)registers->r14;
    general[REG_R15] = (greg_t)registers->r15;
    general[REG_RSP] = (greg_t)registers->rsp;
    general[REG_RIP] = (greg_t)registers->rip;
}

static bool is_described(const ucontext_t *context, const struct registers *registers)
{
    const greg_t *general = context->uc_mcontext.gregs;
    return general[REG_RBX] == (greg_t)registers->rbx &&
           general[REG_RBP] == (greg_t)registers->rbp &&
           general[REG_R12] == (greg_t)registers->r12 &&
           general[REG_R13] == (greg_t)registers->r13 &&
           general[REG_R14] == (greg_t)registers->r14 &&
           general[REG_R15] == (greg_t)registers->r15 &&
           general[REG_RSP] == (greg_t)registers->rsp &&
           general[REG_RIP] == (greg_t)registers->rip;
}

static void save_floating(struct jump *jump)
{
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(jump->mxcsr), "=m"(jump->x87_control));
}

static void restore_floating(const struct jump *jump)
{
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(jump->mxcsr), "m"(jump->x87_control));
}

/* `context` is the program's and masked. */
static void save(struct slot *slot, ucontext_t *context, const struct registers *registers,
                 uint64_t frame)
{
    struct jump *jump = jump_create(slot, context, HANDLE(context), frame, registers);
    jump->context = true;
    save_floating(jump);
    describe(context, registers);
    context->uc_mcontext.fpregs = &context->__fpregs_mem;
    context->__fpregs_mem.mxcsr = jump->mxcsr;
    context->__fpregs_mem.cwd = jump->x87_control;
    HANDLE(context) = jump_publish(slot, jump);
}

static struct destination find(struct slot *own, const ucontext_t *context,
                               const char *function, uint64_t pc)
{
    const struct destination to = jump_find(own, HANDLE(context));
    if (to.jump == NULL || !to.jump->context)
        jump_refuse(function, context, invalid, pc);
    if (!is_described(context, &to.jump->registers))
        jump_refuse(function, context,
                    "a context whose registers are not those that were saved", pc);
    return to;
}

_Noreturn static void resume(struct slot *own, struct destination to, struct slot *ended)
{
    restore_floating(to.jump);
    jump_to(own, to, 0, ended);
}

static uint64_t mask_of(const ucontext_t *context)
{
    uint64_t mask;
    memcpy(&mask, &context->uc_sigmask, sizeof mask);
    return mask;
}

static void put_mask(ucontext_t *context, uint64_t mask)
{
    memcpy(&context->uc_sigmask, &mask, sizeof mask);
}

int context_getcontext(ucontext_t *context, const struct registers *registers, uint64_t frame)
{
    struct slot *slot = stack_current();
    uint64_t mask = 0;
    if (slot == NULL)
        return 1;
    context = jump_ordinary(context);
    (void)kernel_signal_mask(SIG_BLOCK, NULL, &mask);
    put_mask(context, mask);
    save(slot, context, registers, frame);
    return 0;
}

int context_swapcontext(ucontext_t *saved, ucontext_t *next, const struct registers *registers,
                        uint64_t frame)
{
    struct slot *slot = stack_current();
    if (slot == NULL)
        return 1;
    saved = jump_ordinary(saved);
    next = jump_ordinary(next);
    const uint64_t mask = mask_of(next);
    uint64_t old = 0;
    save(slot, saved, registers, frame);
    const struct destination to = find(slot, next, "swapcontext", registers->rip);
    (void)kernel_signal_mask(SIG_SETMASK, &mask, &old);
    put_mask(saved, old);
    resume(slot, to, NULL);
}

_Noreturn static void set(struct slot *slot, const ucontext_t *context, struct slot *ended,
                          uint64_t pc)
{
    const uint64_t mask = mask_of(context);
    const struct destination to = find(slot, context, "setcontext", pc);
    (void)kernel_signal_mask(SIG_SETMASK, &mask, NULL);
    resume(slot, to, ended);
}

EXPORT int __memsentry_setcontext(const ucontext_t *context);

int __memsentry_setcontext(const ucontext_t *context)
{
    struct slot *slot = stack_current();
    if (slot == NULL)
        return setcontext(context);
    set(slot, jump_ordinary(context), NULL, (uint64_t)__builtin_return_address(0));
}

/* Its first entry was to be used once. */
void context_begin(void)
{
    struct slot *slot = stack_current();
    jump_forget_all(slot);
}

void context_end(void)
{
    struct slot *slot = stack_current();
    /* As libc does it: the process ends with its last context. */
    if (slot->context_link == NULL)
        exit(0);
    set(slot, jump_ordinary(slot->context_link), slot, (uint64_t)context_start);
}

/* Puts what context_start() takes onto the new stack; returns where. */
static uint64_t push_arguments(const struct slot *slot, void (*function)(void), int count,
                               va_list list)
{
    const uint64_t extra =
        count > REGISTER_ARGUMENTS ? (uint64_t)(count - REGISTER_ARGUMENTS) : 0;
    const uint64_t stacked = (slot->high - 8 * extra) & -UINT64_C(16);
    uint64_t *words = (uint64_t *)stacked - (REGISTER_ARGUMENTS + 1);
    words[REGISTER_ARGUMENTS] = (uint64_t)function;
    for (int i = 0; i < count; i++)
        words[i < REGISTER_ARGUMENTS ? i : i + 1] = va_arg(list, uint64_t);
    for (int i = count; i < REGISTER_ARGUMENTS; i++)
        words[i] = 0;
    return (uint64_t)words;
}

/* Where stacks are not isolated. It takes as many as it is told. */
static void make_by_libc(ucontext_t *context, void (*function)(void), int count, va_list list)
{
    uint64_t a[ARGUMENTS_MAX] = {0};
    for (int i = 0; i < count; i++)
        a[i] = va_arg(list, uint64_t);
    makecontext(context, function, count, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8],
                a[9], a[10], a[11], a[12], a[13], a[14], a[15]);
}

EXPORT void __memsentry_makecontext(ucontext_t *context, void (*function)(void), int count,
                                    ...);

void __memsentry_makecontext(ucontext_t *context, void (*function)(void), int count, ...)
{
    struct slot *own = stack_current();
    va_list list;
    if (count < 0 || count > ARGUMENTS_MAX)
        die("makecontext with more arguments than there can be");
    if (own == NULL) {
        va_start(list, count);
        make_by_libc(context, function, count, list);
        va_end(list);
        return;
    }
    context = jump_ordinary(context);
    const stack_t stack = context->uc_stack;
    const uint64_t low = (uint64_t)jump_ordinary(stack.ss_sp);
    jump_forget_last(own, context);
    release_abandoned(low);
    struct slot *slot = stack_acquire(stack.ss_size);
    if (slot == NULL)
        die("no memory for the safe stack of a context");

    va_start(list, count);
    const struct registers registers = {
        .rsp = push_arguments(slot, function, count, list),
        .rip = (uint64_t)context_start,
    };
    va_end(list);
    struct jump *jump = jump_create(slot, context, 0, slot->high, &registers);
    jump->context = jump->fresh = true;
    jump->unsafe_stack = (void *)((low + stack.ss_size) & -UINT64_C(16));
    save_floating(jump);
    describe(context, &registers);
    slot->parked = registers.rsp;
    slot->context_stack = low;
    slot->context_link = context->uc_link;
    HANDLE(context) = jump_publish(slot, jump);
    pthread_mutex_lock(&CONTROL->contexts_lock);
    enter(slot);
    pthread_mutex_unlock(&CONTROL->contexts_lock);
    atomic_store(&slot->state, SLOT_PARKED);
}
