/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sigaction and its relatives, sigaltstack, and delivery; see signals.h. */
#include "signals.h"

#include <string.h>
#include <ucontext.h>

#include "backends/backend.h"
#include "die.h"
#include "fail.h"
#include "fault.h"
#include "interpose.h"
#include "kernel.h"
#include "start.h"
#include "threads.h"

#ifndef SS_AUTODISARM
#    define SS_AUTODISARM (1u << 31)
#endif

/* What of the program's flags the kernel keeps. */
#define KEPT_FLAGS (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_NODEFER | SA_RESTART)

/* The part of a ucontext that the kernel writes and reads: up to its 64 bits of signal mask. */
#define CONTEXT_SIZE (offsetof(ucontext_t, uc_sigmask) + sizeof(uint64_t))

/* What a handler gets to see, on the unsafe stack. */
struct copies {
    siginfo_t info;
    ucontext_t context;
    struct _libc_fpstate registers;
};

static struct signal_entry *entry_of(int signal)
{
    return &CONTROL->signals[signal];
}

static bool on_program_alt(const struct slot *slot)
{
    uint64_t offset =
        (uint64_t)__safestack_unsafe_stack_ptr - (uint64_t)slot->program_alt.ss_sp;
    return (slot->program_alt.ss_flags & SS_DISABLE) == 0 &&
           offset <= slot->program_alt.ss_size;
}

/* Where the unsafe stack of a handler starts. */
static uint64_t handler_stack(const struct slot *slot, int signal)
{
    const stack_t *alt = &slot->program_alt;
    uint64_t top = (uint64_t)__safestack_unsafe_stack_ptr;
    if ((atomic_load(&entry_of(signal)->flags) & SA_ONSTACK) != 0 &&
        (alt->ss_flags & SS_DISABLE) == 0 && !on_program_alt(slot))
        top = (uint64_t)alt->ss_sp + alt->ss_size;
    return top;
}

static void deliver_copies(signal_handler handler, const struct slot *slot, int signal,
                           const siginfo_t *info, ucontext_t *context)
{
    void *const interrupted = __safestack_unsafe_stack_ptr;
    uint64_t top = (handler_stack(slot, signal) - sizeof(struct copies)) & -UINT64_C(64);
    /* The pointer came from ordinary memory; the runtime masks by hand, it is not instrumented.
     */
    struct copies *copies = (struct copies *)(top | MEMSENTRY_SPLIT);
    /* From here to the end they are in use: another signal has its own below. */
    __safestack_unsafe_stack_ptr = copies;
    copies->info = *info;
    memset(&copies->context, 0, sizeof copies->context);
    memcpy(&copies->context, context, CONTEXT_SIZE);
    if (context->uc_mcontext.fpregs != NULL) {
        copies->registers = *context->uc_mcontext.fpregs;
        copies->context.uc_mcontext.fpregs = &copies->registers;
    }

    handler(signal, &copies->info, &copies->context);

    /*
     * The copy lies where an attacker writes: instruction and stack pointer, and every
     * register, for a masked pointer may be in it, stay what they were. The signal mask does no
     * harm.
     */
    if (memcmp(copies->context.uc_mcontext.gregs, context->uc_mcontext.gregs,
               sizeof context->uc_mcontext.gregs) != 0)
        die("a signal handler changed the registers of the interrupted code, which SafeStack "
            "cannot tell from an attack");
    memcpy(&context->uc_sigmask, &copies->context.uc_sigmask, sizeof(uint64_t));
    __safestack_unsafe_stack_ptr = interrupted;
}

/* A signal that found its thread on no safe stack: while libraries start, or a thread ends. */
struct stray_signal {
    signal_handler handler;
    int signal;
    siginfo_t *info;
    ucontext_t *context;
};

static void *deliver_stray(void *argument)
{
    const struct stray_signal *stray = argument;
    stray->handler(stray->signal, stray->info, stray->context);
    return NULL;
}

void signals_deliver(signal_handler handler, int signal, siginfo_t *info, void *context)
{
    if (!CONFIG->safe_stacks) {
        handler(signal, info, context);
        return;
    }
    const struct slot *own = stack_current();
    if (own != NULL) {
        deliver_copies(handler, own, signal, info, context);
        return;
    }
    void *const interrupted = __safestack_unsafe_stack_ptr;
    /* The thread may be about to go to its own slot. */
    void *const slot_before = pthread_getspecific(CONFIG->thread_key);
    struct stray_signal stray = {handler, signal, info, context};
    struct slot *slot = stack_acquire(MEMSENTRY_STACK_SLOT_SIZE(0) / 4);
    if (slot == NULL)
        die("no memory for the safe stack of a signal handler");
    slot->start = deliver_stray;
    slot->argument = &stray;
    slot->headroom = 4096;
    slot->stray = true;
    thread_entry(slot);
    thread_leave();
    pthread_setspecific(CONFIG->thread_key, slot_before);
    __safestack_unsafe_stack_ptr = interrupted;
}

/* What the program has asked for. */
static uintptr_t program_action(int signal, uint32_t *flags)
{
    struct signal_entry *entry = entry_of(signal);
    backend_enter();
    const uintptr_t handler = atomic_load(&entry->handler);
    *flags = atomic_load(&entry->flags);
    backend_leave();
    return handler;
}

static void record_handler(int signal, uintptr_t handler)
{
    backend_enter();
    atomic_store(&entry_of(signal)->handler, handler);
    backend_leave();
}

static bool is_handler(uintptr_t handler)
{
    return handler != (uintptr_t)SIG_DFL && handler != (uintptr_t)SIG_IGN;
}

/* What the kernel calls for a signal that the program handles. */
static void on_signal(int signal, siginfo_t *info, void *context)
{
    backend_resume(context);
    uint32_t flags;
    const uintptr_t handler = program_action(signal, &flags);
    if (is_handler(handler))
        signals_deliver((signal_handler)handler, signal, info, context);
}

/* What the kernel calls for SIGSEGV, always. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    backend_resume(context);
    backend_leave();
    fault_report(info, context);
    uint32_t flags;
    const uintptr_t handler = program_action(signal, &flags);
    if (is_handler(handler)) {
        if ((flags & SA_RESETHAND) != 0)
            record_handler(signal, (uintptr_t)SIG_DFL);
        signals_deliver((signal_handler)handler, signal, info, context);
        return;
    }
    if (info->si_code <= 0) {
        /* Sent by somebody, not a fault: it may be ignored, and does not come by itself again.
         */
        if (handler == (uintptr_t)SIG_IGN)
            return;
        kernel_default_action(signal);
        kernel_raise(signal);
        return;
    }
    /* The access is made again and the core file has its pc. */
    kernel_default_action(signal);
}

static int set_kernel(int signal, const struct sigaction *wanted)
{
    const bool fault = signal == SIGSEGV;
    struct sigaction action = {.sa_sigaction = fault ? on_fault : on_signal};
    if (wanted != NULL) {
        action.sa_mask = wanted->sa_mask;
        action.sa_flags = wanted->sa_flags & (KEPT_FLAGS | (fault ? 0 : SA_RESETHAND));
    }
    action.sa_flags |= SA_SIGINFO;
    if (fault || (wanted->sa_flags & SA_ONSTACK) != 0)
        action.sa_flags |= SA_ONSTACK;
    return CONFIG->real.sigaction(signal, &action, NULL);
}

/* What the program is told that it has set. */
static void describe(int signal, struct sigaction *action)
{
    const struct signal_entry *entry = entry_of(signal);
    if (action->sa_sigaction != on_signal && action->sa_sigaction != on_fault)
        return;
    backend_enter();
    action->sa_sigaction = (signal_handler)atomic_load(&entry->handler);
    action->sa_flags = (int)atomic_load(&entry->flags);
    action->sa_mask = entry->mask;
    backend_leave();
}

/* Returns the handler before. */
static uintptr_t record(int signal, const struct sigaction *wanted)
{
    struct signal_entry *entry = entry_of(signal);
    backend_enter();
    const uintptr_t before = atomic_load(&entry->handler);
    atomic_store(&entry->flags, (uint32_t)wanted->sa_flags);
    entry->mask = wanted->sa_mask;
    atomic_store(&entry->handler, (uintptr_t)wanted->sa_sigaction);
    backend_leave();
    return before;
}

INTERPOSE(int, sigaction, int signal, const struct sigaction *restrict action,
          struct sigaction *restrict old)
{
    runtime_ensure_started();
    const struct real_functions *real = &CONFIG->real;
    const bool fault = signal == SIGSEGV;
    const bool ours = CONFIG->safe_stacks || CONFIG->handler_entry || fault;
    if (signal < 1 || signal >= _NSIG || !ours)
        return real->sigaction(signal, action, old);

    /* A copy first: what is checked is what is used. */
    struct sigaction wanted, previous;
    if (action != NULL)
        wanted = *action;
    int result = real->sigaction(signal, NULL, &previous);
    if (result != 0)
        return result;
    describe(signal, &previous);

    if (action != NULL) {
        const bool handled = wanted.sa_handler != SIG_DFL && wanted.sa_handler != SIG_IGN;
        if (!handled && !fault) {
            result = real->sigaction(signal, &wanted, NULL);
        } else {
            /* Before the kernel knows: a signal may come at once. */
            const uintptr_t before = record(signal, &wanted);
            result = set_kernel(signal, &wanted);
            if (result != 0)
                record_handler(signal, before);
        }
        if (result != 0)
            return result;
    }
    if (old != NULL)
        *old = previous;
    return 0;
}

static void (*set_handler(int signal, void (*handler)(int), int flags))(int)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, old;
    sigemptyset(&action.sa_mask);
    if ((flags & SA_NODEFER) == 0 && signal >= 1 && signal < _NSIG)
        sigaddset(&action.sa_mask, signal);
    return our_sigaction(signal, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* libc's own versions go to its sigaction, not to ours. */
typedef void (*plain_handler)(int);

INTERPOSE(plain_handler, signal, int signal, plain_handler handler)
{
    return set_handler(signal, handler, SA_RESTART);
}

INTERPOSE(plain_handler, bsd_signal, int signal, plain_handler handler)
{
    return our_signal(signal, handler);
}

INTERPOSE(plain_handler, ssignal, int signal, plain_handler handler)
{
    return our_signal(signal, handler);
}

INTERPOSE(plain_handler, __sysv_signal, int signal, plain_handler handler)
{
    return set_handler(signal, handler, SA_RESETHAND | SA_NODEFER);
}

INTERPOSE(plain_handler, sysv_signal, int signal, plain_handler handler)
{
    return our___sysv_signal(signal, handler);
}

INTERPOSE(plain_handler, sigset, int signal, plain_handler handler)
{
    struct sigaction action = {.sa_handler = handler}, old;
    const bool hold = handler == SIG_HOLD;
    sigset_t set, before;
    sigemptyset(&action.sa_mask);
    sigemptyset(&set);
    if (sigaddset(&set, signal) != 0 ||
        our_sigaction(signal, hold ? NULL : &action, &old) != 0 ||
        sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, &before) != 0)
        return SIG_ERR;
    return sigismember(&before, signal) ? SIG_HOLD : old.sa_handler;
}

#ifndef MEMSENTRY_STATIC
/* The other name of libc's own. */
INTERPOSE(int, __sigaction, int signal, const struct sigaction *restrict action,
          struct sigaction *restrict old)
{
    return our_sigaction(signal, action, old);
}
#endif

INTERPOSE(int, siginterrupt, int signal, int interrupt)
{
    struct sigaction action;
    if (our_sigaction(signal, NULL, &action) != 0)
        return -1;
    action.sa_flags = interrupt ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return our_sigaction(signal, &action, NULL);
}

/* A handler may run between any two of these: it must not find half a stack. */
static void set_program_alt(struct slot *slot, const stack_t *wanted)
{
    stack_t *alt = &slot->program_alt;
    alt->ss_flags = SS_DISABLE;
    atomic_signal_fence(memory_order_seq_cst);
    alt->ss_sp = wanted->ss_sp;
    alt->ss_size = wanted->ss_size;
    atomic_signal_fence(memory_order_seq_cst);
    alt->ss_flags = wanted->ss_flags;
}

INTERPOSE(int, sigaltstack, const stack_t *restrict stack, stack_t *restrict old)
{
    runtime_ensure_started();
    struct slot *slot = CONFIG->safe_stacks ? stack_current() : NULL;
    if (slot == NULL) {
        int result = kernel_altstack(stack, old);
        return result < 0 ? fail(-result) : 0;
    }
    slot = stack_thread(slot);
    /*
     * The kernel keeps using the slot's; the program's memory becomes the unsafe stack of the
     * handlers that ask for SA_ONSTACK.
     */
    stack_t wanted = slot->program_alt;
    if (stack != NULL) {
        wanted = *stack;
        if (on_program_alt(slot)) {
            return fail(EPERM);
        }
        if ((wanted.ss_flags & ~(SS_DISABLE | SS_ONSTACK | (int)SS_AUTODISARM)) != 0) {
            return fail(EINVAL);
        }
        if ((wanted.ss_flags & SS_DISABLE) == 0 && wanted.ss_size < 2048) {
            return fail(ENOMEM);
        }
        wanted.ss_flags &= SS_DISABLE;
    }
    if (old != NULL) {
        *old = slot->program_alt;
        if (on_program_alt(slot))
            old->ss_flags |= SS_ONSTACK;
    }
    set_program_alt(slot, &wanted);
    return 0;
}

void signals_init(void)
{
    if (set_kernel(SIGSEGV, NULL) != 0)
        die("the fault handler was refused");
}
