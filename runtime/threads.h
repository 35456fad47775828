/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Threads on safe stacks: how a thread that starts on its native stack gets to a slot, and
 * leaves.
 */
#ifndef RUNTIME_THREADS_H
#define RUNTIME_THREADS_H

#include <pthread.h>
#include <stdint.h>

#include "stacks.h"
#include "visibility.h"

/* LLVM's unsafe stack pointer. The program's own definition, where it has one, takes its place.
 */
extern EXPORT _Thread_local void *__safestack_unsafe_stack_ptr
    __attribute__((tls_model("initial-exec")));

/* Creates the key whose destructor gives slots back, and the fork handlers. */
void threads_init(struct config *config);

/*
 * Room that stays free on a native stack for what libc runs there at the end of the thread; the
 * unsafe stack starts below it.
 */
uint64_t thread_headroom(uint64_t native_size);

/* The stack size that a thread created with `attributes` (or NULL) gets. */
uint64_t thread_stack_size(const pthread_attr_t *attributes);

/*
 * Runs slot->start(slot->argument) on the slot, with the unsafe stack `slot->headroom` below
 * here, and returns its result on the native stack. The slot stays the thread's.
 */
void *thread_entry(void *slot);

/* Ends what thread_entry() began: the slot is given back. */
void thread_leave(void);

#endif
