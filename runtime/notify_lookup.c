/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Look-ups of names: notifications by a thread; see notify.h. */
#include <netdb.h>

#include "fail.h"
#include "interpose.h"
#include "notify.h"
#include "start.h"

INTERPOSE(int, getaddrinfo_a, int mode, struct gaicb *list[restrict], int count,
          struct sigevent *restrict event)
{
    NEXT(int, getaddrinfo_a, __getaddrinfo_a, int, struct gaicb *[], int, struct sigevent *);
    runtime_ensure_started();
    if (event == NULL)
        return next(mode, list, count, NULL);
    struct sigevent copy = *event;
    uint64_t id;
    if (!notification_replace(&copy, true, &id))
        return EAI_MEMORY;
    int result = next(mode, list, count, &copy);
    if (result != 0)
        notification_forget(id);
    return result;
}
