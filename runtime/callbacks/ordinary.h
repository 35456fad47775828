/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Ordinary memory, which instrumented callbacks can access: libc's frames and the runtime's own
 * lie on the safe stack. Everything here is called by instrumented code (callbacks.def), whose
 * pointers are not believed: the runtime masks by hand.
 */
#ifndef RUNTIME_CALLBACKS_ORDINARY_H
#define RUNTIME_CALLBACKS_ORDINARY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../start.h"
#include "../threads.h"
#include "memsentry/layout.h"

/* CALLBACK(result, name, parameters...) { body }: what instrumented code calls for `name`. */
#define CALLBACK(result, name, ...)                                                            \
    EXPORT result our_##name(__VA_ARGS__) __asm__("__memsentry_" #name);                       \
    result our_##name(__VA_ARGS__)

/* The same under the name for large files, which is no other on this architecture. */
#define CALLBACK_64(result, name64, name, ...)                                                 \
    EXPORT result our_##name64(__VA_ARGS__) __asm__("__memsentry_" #name64)                    \
        __attribute__((alias("__memsentry_" #name)))

/* The pointer when it is one of the program's or null; otherwise one that faults. */
static inline void *ordinary(const void *pointer)
{
    return pointer == NULL ? NULL : (void *)((uint64_t)pointer | MEMSENTRY_SPLIT);
}

/* The slot of the caller; NULL where frames are ordinary memory and nothing need be done. */
static inline struct slot *isolated(void)
{
    runtime_ensure_started();
    return CONFIG->safe_stacks ? stack_current() : NULL;
}

/* Room on the unsafe stack, until `*before` is put back with unsafe_pop(). */
static inline void *unsafe_push(size_t size, void **before)
{
    *before = __safestack_unsafe_stack_ptr;
    void *room = ordinary((void *)(((uint64_t)*before - size) & -UINT64_C(64)));
    __safestack_unsafe_stack_ptr = room;
    return room;
}

static inline void unsafe_pop(void *before)
{
    __safestack_unsafe_stack_ptr = before;
}

#endif
