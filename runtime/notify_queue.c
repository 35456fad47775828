/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Message queues: notifications by a thread; see notify.h. */
#include <mqueue.h>

#include "fail.h"
#include "interpose.h"
#include "notify.h"
#include "start.h"

INTERPOSE(int, mq_notify, mqd_t queue, const struct sigevent *event)
{
    NEXT(int, mq_notify, __mq_notify, mqd_t, const struct sigevent *);
    runtime_ensure_started();
    if (event == NULL)
        return next(queue, NULL);
    struct sigevent copy = *event;
    uint64_t id;
    if (!notification_replace(&copy, true, &id))
        return fail(ENOMEM);
    int result = next(queue, &copy);
    if (result != 0)
        notification_forget(id);
    return result;
}
