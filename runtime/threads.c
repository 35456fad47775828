/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Puts every thread on a safe stack: pthread_create, thrd_create and fork. */
#include "threads.h"

#include <errno.h>
#include <threads.h>

#include "backends/backend.h"
#include "contexts.h"
#include "die.h"
#include "interpose.h"
#include "kernel.h"
#include "start.h"

/* Weak: a program that needs it has its own, see defenses/safestack. */
__attribute__((weak)) _Thread_local void *__safestack_unsafe_stack_ptr;

/* Called from thread_entry.S. */
uint64_t thread_begin(void *argument, uint64_t native_stack, uint64_t native_frame,
                      uint64_t native_return);
struct slot *thread_run(void);

static void release(struct slot *slot)
{
    /* Another thread's slot in our thread-specific data would be somebody's doing. */
    if (slot == NULL || atomic_load(&slot->owner) != kernel_tid())
        die("a thread gives back a safe stack that is not its own");
    const stack_t none = {.ss_flags = SS_DISABLE};
    (void)kernel_altstack(&none, NULL);
    /* The thread has ended in a context that nobody can go on with. */
    if (slot->context != NULL)
        context_release(slot->context);
    stack_release(slot);
}

/* Runs on the native stack again, whether the thread returned, exited or was cancelled. */
static void thread_destructor(void *value)
{
    release(stack_checked(value));
}

static void before_fork(void)
{
    backend_enter();
    pthread_mutex_lock(&CONTROL->cancel_lock);
    pthread_mutex_lock(&CONTROL->heaps_lock);
    pthread_mutex_lock(&CONTROL->regions_lock);
    pthread_mutex_lock(&CONTROL->notifications_lock);
    pthread_mutex_lock(&CONTROL->contexts_lock);
    backend_leave();
}

static void after_fork_parent(void)
{
    backend_enter();
    pthread_mutex_unlock(&CONTROL->contexts_lock);
    pthread_mutex_unlock(&CONTROL->notifications_lock);
    pthread_mutex_unlock(&CONTROL->regions_lock);
    pthread_mutex_unlock(&CONTROL->heaps_lock);
    pthread_mutex_unlock(&CONTROL->cancel_lock);
    backend_leave();
}

static void after_fork_child(void)
{
    after_fork_parent();
    if (CONFIG->safe_stacks)
        stack_after_fork();
}

void threads_init(struct config *config)
{
    backend_enter();
    pthread_mutex_init(&CONTROL->cancel_lock, NULL);
    pthread_mutex_init(&CONTROL->heaps_lock, NULL);
    pthread_mutex_init(&CONTROL->regions_lock, NULL);
    pthread_mutex_init(&CONTROL->notifications_lock, NULL);
    pthread_mutex_init(&CONTROL->contexts_lock, NULL);
    backend_leave();
    if (pthread_key_create(&config->thread_key, thread_destructor) != 0 ||
        pthread_atfork(before_fork, after_fork_parent, after_fork_child) != 0)
        die("libc has no room for the runtime's thread key");
}

uint64_t thread_headroom(uint64_t native_size)
{
    uint64_t headroom = native_size / 4;
    return headroom < 64 * MEMSENTRY_KIB ? headroom : 64 * MEMSENTRY_KIB;
}

uint64_t thread_stack_size(const pthread_attr_t *attributes)
{
    size_t size = 0;
    if (attributes != NULL) {
        pthread_attr_getstacksize(attributes, &size);
        return size;
    }
    pthread_attr_t defaults;
    if (pthread_getattr_default_np(&defaults) == 0) {
        pthread_attr_getstacksize(&defaults, &size);
        pthread_attr_destroy(&defaults);
    }
    return size;
}

uint64_t thread_begin(void *argument, uint64_t native_stack, uint64_t native_frame,
                      uint64_t native_return)
{
    struct slot *slot = stack_checked(argument);
    if (slot == NULL)
        die("a thread was started on something that is no safe stack");
    slot->native_stack = native_stack;
    slot->native_frame = native_frame;
    slot->native_return = native_return;
    /* First: as soon as the slot has the alternate stack, handlers find the slot and need it. */
    __safestack_unsafe_stack_ptr = (void *)((native_stack - slot->headroom) & -UINT64_C(16));
    stack_enter(slot);
    pthread_setspecific(CONFIG->thread_key, slot);
    return slot->high;
}

struct slot *thread_run(void)
{
    struct slot *slot = stack_current();
    slot->result = slot->start(slot->argument);
    return slot;
}

void thread_leave(void)
{
    struct slot *slot = stack_checked(pthread_getspecific(CONFIG->thread_key));
    pthread_setspecific(CONFIG->thread_key, NULL);
    release(slot);
}

INTERPOSE(int, pthread_create, pthread_t *restrict thread,
          const pthread_attr_t *restrict attributes, void *(*start)(void *),
          void *restrict argument)
{
    runtime_ensure_started();
    const struct real_functions *real = &CONFIG->real;
    /* A thread starts with the rights of the one that makes it. */
    backend_leave();
    if (!CONFIG->safe_stacks)
        return real->pthread_create(thread, attributes, start, argument);

    uint64_t size = thread_stack_size(attributes);
    struct slot *slot = stack_acquire(size);
    if (slot == NULL)
        return EAGAIN;
    slot->start = start;
    slot->argument = argument;
    slot->headroom = thread_headroom(size);
    int error = real->pthread_create(thread, attributes, thread_entry, slot);
    if (error != 0)
        stack_release(slot);
    return error;
}

INTERPOSE(int, thrd_create, thrd_t *thread, thrd_start_t start, void *argument)
{
    /* A thrd_t is a pthread_t, and thrd_join takes the low half of the result for the int. */
    union {
        thrd_start_t given;
        void *(*wanted)(void *);
    } function = {.given = start};
    switch (our_pthread_create((pthread_t *)thread, NULL, function.wanted, argument)) {
    case 0:
        return thrd_success;
    case ENOMEM:
    case EAGAIN:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}
