/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Asynchronous input and output: notifications by a thread; see notify.h. */
#include <aio.h>

#include "fail.h"
#include "interpose.h"
#include "notify.h"
#include "start.h"

/* The control block is the program's and stays in use by libc: its event is changed in place.
 */
static int submit(int (*next)(struct aiocb *), struct aiocb *block)
{
    runtime_ensure_started();
    struct sigevent original = block->aio_sigevent;
    uint64_t id;
    if (!notification_replace(&block->aio_sigevent, true, &id))
        return fail(EAGAIN);
    int result = next(block);
    if (result != 0) {
        notification_forget(id);
        block->aio_sigevent = original;
    }
    return result;
}

INTERPOSE(int, aio_read, struct aiocb *block)
{
    NEXT(int, aio_read, __aio_read, struct aiocb *);
    return submit(next, block);
}

INTERPOSE(int, aio_write, struct aiocb *block)
{
    NEXT(int, aio_write, __aio_write, struct aiocb *);
    return submit(next, block);
}

INTERPOSE(int, lio_listio, int mode, struct aiocb *const list[restrict], int count,
          struct sigevent *restrict event)
{
    NEXT(int, lio_listio, __lio_listio_24, int, struct aiocb *const[], int, struct sigevent *);
    runtime_ensure_started();
    uint64_t id;
    for (int i = 0; i < count; i++) {
        struct aiocb *block = list[i];
        if (block != NULL && !notification_replace(&block->aio_sigevent, true, &id))
            return fail(EAGAIN);
    }
    if (event == NULL)
        return next(mode, list, count, NULL);
    struct sigevent copy = *event;
    if (!notification_replace(&copy, true, &id))
        return fail(EAGAIN);
    return next(mode, list, count, &copy);
}

/* The same on this architecture, under the names of programs built for large files. */
INTERPOSE(int, aio_read64, struct aiocb *block)
{
    return our_aio_read(block);
}

INTERPOSE(int, aio_write64, struct aiocb *block)
{
    return our_aio_write(block);
}

INTERPOSE(int, lio_listio64, int mode, struct aiocb *const list[restrict], int count,
          struct sigevent *restrict event)
{
    return our_lio_listio(mode, list, count, event);
}
