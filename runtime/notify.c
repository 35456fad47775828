/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Threads that libc makes by itself to deliver a notification (SIGEV_THREAD): they bypass
 * pthread_create, so the program's function is replaced by one that first gets a safe stack.
 */
#include <aio.h>
#include <mqueue.h>
#include <netdb.h>
#include <signal.h>
#include <time.h>

#include "fail.h"
#include "next.h"
#include "start.h"
#include "threads.h"

/*
 * What is to be delivered is kept in the lower half, and libc carries a number in place of the
 * program's value: no list in ordinary memory that an attacker could make the runtime write
 * through, and a delivery that comes late finds nothing instead of somebody else's.
 */
static struct notification *find(uint64_t id)
{
    struct notification *found = &CONTROL->notifications[id % NOTIFICATIONS];
    return found->id == id ? found : NULL;
}

static void lock(void)
{
    pthread_mutex_lock(&CONTROL->notifications_lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&CONTROL->notifications_lock);
}

static void forget(uint64_t id)
{
    lock();
    struct notification *found = find(id);
    if (found != NULL)
        found->id = 0;
    unlock();
}

/* Copies the notification; false when it has been withdrawn in the meantime. */
static bool take(uint64_t id, struct notification *copy)
{
    lock();
    struct notification *found = find(id);
    if (found != NULL) {
        *copy = *found;
        if (found->once)
            found->id = 0;
    }
    unlock();
    return found != NULL;
}

static void *call_function(void *argument)
{
    const struct notification *notification = argument;
    notification->function(notification->value);
    return NULL;
}

static void deliver(union sigval value)
{
    struct notification notification;
    uint64_t id = (uint64_t)value.sival_ptr;
    if (id == 0 || !take(id, &notification))
        return;
    struct slot *slot = stack_acquire(notification.stack_size);
    if (slot == NULL)
        die("no memory for the safe stack of a notification");
    slot->start = call_function;
    slot->argument = &notification;
    slot->headroom = thread_headroom(notification.stack_size);
    thread_entry(slot);
    thread_leave();
}

/*
 * Replaces what `event` asks for. Sets `id` to the number of the notification, 0 when the event
 * needs none. Returns false when there are too many.
 */
static bool replace(struct sigevent *event, bool once, uint64_t *id)
{
    *id = 0;
    if (!CONFIG->safe_stacks || event->sigev_notify != SIGEV_THREAD ||
        event->sigev_notify_function == NULL)
        return true;
    const struct notification wanted = {
        .function = event->sigev_notify_function,
        .value = event->sigev_value,
        .stack_size = thread_stack_size(event->sigev_notify_attributes),
        .once = once,
    };
    lock();
    for (int i = 0; i < NOTIFICATIONS && *id == 0; i++) {
        /* Numbers are used once; 0 is none. */
        uint64_t next = ++CONTROL->last_notification;
        struct notification *slot = &CONTROL->notifications[next % NOTIFICATIONS];
        if (slot->id != 0)
            continue;
        *slot = wanted;
        *id = slot->id = next;
    }
    unlock();
    event->sigev_notify_function = deliver;
    event->sigev_value.sival_ptr = (void *)*id;
    return *id != 0;
}

EXPORT int timer_create(clockid_t clock, struct sigevent *restrict event,
                        timer_t *restrict timer)
{
    NEXT(int, timer_create, clockid_t, struct sigevent *, timer_t *);
    runtime_ensure_started();
    if (event == NULL)
        return next(clock, NULL, timer);
    struct sigevent copy = *event;
    uint64_t id;
    if (!replace(&copy, false, &id))
        return fail(EAGAIN);
    /* The number of the timer comes to us first: what libc wrote is not read back. */
    timer_t created;
    int result = next(clock, &copy, &created);
    if (result != 0) {
        forget(id);
        return result;
    }
    lock();
    struct notification *notification = find(id);
    if (id != 0 && notification != NULL)
        notification->timer = created;
    unlock();
    *timer = created;
    return 0;
}

EXPORT int timer_delete(timer_t timer)
{
    NEXT(int, timer_delete, timer_t);
    int result = next(timer);
    if (result != 0)
        return result;
    lock();
    for (int i = 0; i < NOTIFICATIONS; i++) {
        struct notification *at = &CONTROL->notifications[i];
        if (at->id != 0 && !at->once && at->timer == timer)
            at->id = 0;
    }
    unlock();
    return 0;
}

EXPORT int mq_notify(mqd_t queue, const struct sigevent *event)
{
    NEXT(int, mq_notify, mqd_t, const struct sigevent *);
    runtime_ensure_started();
    if (event == NULL)
        return next(queue, NULL);
    struct sigevent copy = *event;
    uint64_t id;
    if (!replace(&copy, true, &id))
        return fail(ENOMEM);
    int result = next(queue, &copy);
    if (result != 0)
        forget(id);
    return result;
}

/* The control block is the program's and stays in use by libc: its event is changed in place.
 */
static int submit(int (*next)(struct aiocb *), struct aiocb *block)
{
    runtime_ensure_started();
    struct sigevent original = block->aio_sigevent;
    uint64_t id;
    if (!replace(&block->aio_sigevent, true, &id))
        return fail(EAGAIN);
    int result = next(block);
    if (result != 0) {
        forget(id);
        block->aio_sigevent = original;
    }
    return result;
}

EXPORT int aio_read(struct aiocb *block)
{
    NEXT(int, aio_read, struct aiocb *);
    return submit(next, block);
}

EXPORT int aio_write(struct aiocb *block)
{
    NEXT(int, aio_write, struct aiocb *);
    return submit(next, block);
}

/* The same on this architecture, under the names of programs built for large files. */
EXPORT int aio_read64(struct aiocb64 *) __attribute__((alias("aio_read")));
EXPORT int aio_write64(struct aiocb64 *) __attribute__((alias("aio_write")));

EXPORT int lio_listio(int mode, struct aiocb *const list[restrict], int count,
                      struct sigevent *restrict event)
{
    NEXT(int, lio_listio, int, struct aiocb *const[], int, struct sigevent *);
    runtime_ensure_started();
    uint64_t id;
    for (int i = 0; i < count; i++) {
        struct aiocb *block = list[i];
        if (block != NULL && !replace(&block->aio_sigevent, true, &id))
            return fail(EAGAIN);
    }
    if (event == NULL)
        return next(mode, list, count, NULL);
    struct sigevent copy = *event;
    if (!replace(&copy, true, &id))
        return fail(EAGAIN);
    return next(mode, list, count, &copy);
}

EXPORT int lio_listio64(int, struct aiocb64 *const[], int, struct sigevent *)
    __attribute__((alias("lio_listio")));

EXPORT int getaddrinfo_a(int mode, struct gaicb *list[restrict], int count,
                         struct sigevent *restrict event)
{
    NEXT(int, getaddrinfo_a, int, struct gaicb *[], int, struct sigevent *);
    runtime_ensure_started();
    if (event == NULL)
        return next(mode, list, count, NULL);
    struct sigevent copy = *event;
    uint64_t id;
    if (!replace(&copy, true, &id))
        return EAI_MEMORY;
    int result = next(mode, list, count, &copy);
    if (result != 0)
        forget(id);
    return result;
}
