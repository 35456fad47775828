/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Threads that libc makes by itself to deliver a notification (SIGEV_THREAD): they bypass
 * pthread_create, so the program's function is replaced by one that first gets a safe stack.
 */
#include <aio.h>
#include <errno.h>
#include <mqueue.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "next.h"
#include "notify.h"
#include "start.h"
#include "threads.h"

/*
 * What is to be delivered, by a number that libc carries in place of the program's value: a
 * delivery that comes late finds nothing, instead of memory that was freed.
 */
struct notification {
    struct notification *next;
    uint64_t id;
    timer_t timer; /* of a timer; others are delivered once and forgotten */
    bool once;
    void (*function)(union sigval);
    union sigval value;
    uint64_t stack_size;
};

static struct notification *notifications;
static uint64_t last_id;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void notify_before_fork(void)
{
    pthread_mutex_lock(&lock);
}

void notify_after_fork(void)
{
    pthread_mutex_unlock(&lock);
}

/* Takes the notification with this number, or of this timer, off the list. Under the lock. */
static struct notification *unlink_where(uint64_t id, timer_t timer)
{
    struct notification **at = &notifications;
    while (*at != NULL && (id != 0 ? (*at)->id != id : (*at)->once || (*at)->timer != timer))
        at = &(*at)->next;
    struct notification *found = *at;
    if (found != NULL)
        *at = found->next;
    return found;
}

static void forget(uint64_t id, timer_t timer)
{
    pthread_mutex_lock(&lock);
    struct notification *found = unlink_where(id, timer);
    pthread_mutex_unlock(&lock);
    free(found);
}

/* Copies the notification; false when it has been withdrawn in the meantime. */
static bool take(uint64_t id, struct notification *copy)
{
    pthread_mutex_lock(&lock);
    struct notification *found = unlink_where(id, NULL);
    bool again = false;
    if (found != NULL) {
        *copy = *found;
        again = !found->once;
        if (again) {
            found->next = notifications;
            notifications = found;
        }
    }
    pthread_mutex_unlock(&lock);
    if (!again)
        free(found);
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
    if (!take((uint64_t)value.sival_ptr, &notification))
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
 * needs none. Returns false when memory is out.
 */
static bool replace(struct sigevent *event, bool once, uint64_t *id)
{
    *id = 0;
    if (!CONFIG->safe_stacks || event->sigev_notify != SIGEV_THREAD ||
        event->sigev_notify_function == NULL)
        return true;
    struct notification *notification = malloc(sizeof *notification);
    if (notification == NULL)
        return false;
    *notification = (struct notification){
        .function = event->sigev_notify_function,
        .value = event->sigev_value,
        .stack_size = thread_stack_size(event->sigev_notify_attributes),
        .once = once,
    };
    pthread_mutex_lock(&lock);
    *id = notification->id = ++last_id;
    notification->next = notifications;
    notifications = notification;
    pthread_mutex_unlock(&lock);
    event->sigev_notify_function = deliver;
    event->sigev_value.sival_ptr = (void *)*id;
    return true;
}

EXPORT int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
    NEXT(int, timer_create, clockid_t, struct sigevent *, timer_t *);
    runtime_ensure_started();
    if (event == NULL)
        return next(clock, NULL, timer);
    struct sigevent copy = *event;
    uint64_t id;
    if (!replace(&copy, false, &id)) {
        errno = EAGAIN;
        return -1;
    }
    int result = next(clock, &copy, timer);
    if (id == 0)
        return result;
    if (result != 0) {
        forget(id, NULL);
        return result;
    }
    pthread_mutex_lock(&lock);
    for (struct notification *at = notifications; at != NULL; at = at->next)
        if (at->id == id)
            at->timer = *timer;
    pthread_mutex_unlock(&lock);
    return 0;
}

EXPORT int timer_delete(timer_t timer)
{
    NEXT(int, timer_delete, timer_t);
    int result = next(timer);
    if (result == 0)
        forget(0, timer);
    return result;
}

EXPORT int mq_notify(mqd_t queue, const struct sigevent *event)
{
    NEXT(int, mq_notify, mqd_t, const struct sigevent *);
    runtime_ensure_started();
    if (event == NULL)
        return next(queue, NULL);
    struct sigevent copy = *event;
    uint64_t id;
    if (!replace(&copy, true, &id)) {
        errno = ENOMEM;
        return -1;
    }
    int result = next(queue, &copy);
    if (result != 0 && id != 0)
        forget(id, NULL);
    return result;
}

/* The control block is the program's and stays in use by libc: its event is changed in place. */
static int submit(int (*next)(struct aiocb *), struct aiocb *block)
{
    runtime_ensure_started();
    struct sigevent original = block->aio_sigevent;
    uint64_t id;
    if (!replace(&block->aio_sigevent, true, &id)) {
        errno = EAGAIN;
        return -1;
    }
    int result = next(block);
    if (result != 0 && id != 0) {
        forget(id, NULL);
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
        if (block != NULL && !replace(&block->aio_sigevent, true, &id)) {
            errno = EAGAIN;
            return -1;
        }
    }
    if (event == NULL)
        return next(mode, list, count, NULL);
    struct sigevent copy = *event;
    if (!replace(&copy, true, &id)) {
        errno = EAGAIN;
        return -1;
    }
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
    if (result != 0 && id != 0)
        forget(id, NULL);
    return result;
}
