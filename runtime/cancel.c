/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * pthread_cancel, where handlers start without what accesses are confined by: libc ends a
 * thread out of a handler of its own, which never returns, and what is called then (cleanups,
 * destructors) is the program's code. libc sets that handler with the first thread that is
 * cancelled, behind our sigaction.
 */
#include <pthread.h>
#include <unistd.h>

#include "backends/backend.h"
#include "die.h"
#include "interpose.h"
#include "kernel.h"
#include "signals.h"
#include "start.h"

/* SIGCANCEL of libc: the first signal that it keeps from programs. */
#define CANCEL_SIGNAL 32

static void on_cancel(int signal, siginfo_t *info, void *context)
{
    backend_leave();
    ((signal_handler)CONTROL->cancel_handler)(signal, info, context);
}

static void *wait_for_end(void *argument)
{
    for (;;)
        pause();
    return argument;
}

/* A thread of ours, which runs no code of the program, is the first one. */
static void take_handler(int (*cancel)(pthread_t))
{
    struct kernel_action action;
    pthread_t first;
    if (CONFIG->real.pthread_create(&first, NULL, wait_for_end, NULL) != 0 ||
        cancel(first) != 0 || pthread_join(first, NULL) != 0 ||
        kernel_action(CANCEL_SIGNAL, NULL, &action) != 0 || action.handler == 0)
        die("libc's handler for cancelled threads cannot be found");
    CONTROL->cancel_handler = action.handler;
    action.handler = (uint64_t)on_cancel;
    if (kernel_action(CANCEL_SIGNAL, &action, NULL) != 0)
        die("libc's handler for cancelled threads cannot be replaced");
}

INTERPOSE(int, pthread_cancel, pthread_t thread)
{
    runtime_ensure_started();
    NEXT(int, pthread_cancel, __pthread_cancel, pthread_t);
    if (!CONFIG->checks_by_state)
        return next(thread);
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_mutex_lock(&CONTROL->cancel_lock);
    if (CONTROL->cancel_handler == 0)
        take_handler(next);
    pthread_mutex_unlock(&CONTROL->cancel_lock);
    pthread_setcancelstate(state, NULL);
    return next(thread);
}
