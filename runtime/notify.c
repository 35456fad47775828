/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Threads that libc makes by itself to deliver a notification (SIGEV_THREAD): they bypass
 * pthread_create, so the program's function is replaced by one that first gets a safe stack.
 */
#include "notify.h"

#include "backends/backend.h"
#include "die.h"
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
    backend_enter();
    pthread_mutex_lock(&CONTROL->notifications_lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&CONTROL->notifications_lock);
    backend_leave();
}

void notification_forget(uint64_t id)
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

bool notification_replace(struct sigevent *event, bool once, uint64_t *id)
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

void notification_of_timer(uint64_t id, timer_t timer)
{
    lock();
    struct notification *found = find(id);
    if (found != NULL)
        found->timer = timer;
    unlock();
}

void notification_forget_timer(timer_t timer)
{
    lock();
    for (int i = 0; i < NOTIFICATIONS; i++) {
        struct notification *at = &CONTROL->notifications[i];
        if (at->id != 0 && !at->once && at->timer == timer)
            at->id = 0;
    }
    unlock();
}
