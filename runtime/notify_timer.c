/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Timers: notifications by a thread; see notify.h. */
#include <time.h>

#include "fail.h"
#include "interpose.h"
#include "notify.h"
#include "start.h"

INTERPOSE(int, timer_create, clockid_t clock, struct sigevent *restrict event,
          timer_t *restrict timer)
{
    NEXT(int, timer_create, ___timer_create, clockid_t, struct sigevent *, timer_t *);
    runtime_ensure_started();
    if (event == NULL)
        return next(clock, NULL, timer);
    struct sigevent copy = *event;
    uint64_t id;
    if (!notification_replace(&copy, false, &id))
        return fail(EAGAIN);
    /* The number of the timer comes to us first: what libc wrote is not read back. */
    timer_t created;
    int result = next(clock, &copy, &created);
    if (result != 0) {
        notification_forget(id);
        return result;
    }
    notification_of_timer(id, created);
    *timer = created;
    return 0;
}

INTERPOSE(int, timer_delete, timer_t timer)
{
    NEXT(int, timer_delete, ___timer_delete, timer_t);
    int result = next(timer);
    if (result == 0)
        notification_forget_timer(timer);
    return result;
}
