/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Notifications by a thread of libc's (SIGEV_THREAD), for the functions that ask for them.
 */
#ifndef RUNTIME_NOTIFY_H
#define RUNTIME_NOTIFY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * Replaces what `event` asks for. Sets `id` to the number of the notification, 0 when the event
 * needs none. `once`: it is forgotten with its delivery. Returns false when there are too many.
 */
bool notification_replace(struct sigevent *event, bool once, uint64_t *id);

/* Withdraws it; 0 is none. */
void notification_forget(uint64_t id);

/* Ties it to a timer; it is withdrawn with that. */
void notification_of_timer(uint64_t id, timer_t timer);
void notification_forget_timer(timer_t timer);

#endif
