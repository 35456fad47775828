/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What instrumented code calls in the place of functions whose arguments lead to more memory
 * than they say: readv and its like. Each takes a copy of what it is given into its own frame,
 * which is out of the attacker's reach where safe stacks are on, checks the pointers in the
 * copy and hands the copy on. Code that is not instrumented calls libc itself: it may well
 * point into its frames on the safe stack.
 *
 * All checked memory is accessed by the kernel, upwards from its start and nowhere beyond user
 * space: only where it starts matters. What is written back goes through pointers that were
 * checked.
 */
#ifndef RUNTIME_CALLS_H
#define RUNTIME_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "../fault.h"
#include "memsentry/layout.h"
#include "../visibility.h"

enum { CALL_READ = 1, CALL_WRITE = 2, CALL_ANY = 3 };

/* On whose behalf: the accesses that its code is kept from, and what a report says of it. */
struct caller {
    unsigned mode;
    const char *callee;
    uint64_t pc;
};

static inline void call_check(const struct caller *caller, unsigned access, uint64_t start,
                              uint64_t length)
{
    if ((caller->mode & access) != 0 && (start & MEMSENTRY_SPLIT) == 0)
        fault_check_argument(start, length, caller->callee, caller->pc);
}

static inline void call_check_pointer(const struct caller *caller, unsigned access,
                                      const void *pointer, uint64_t length)
{
    call_check(caller, access, (uint64_t)pointer, length);
}

/* What the kernel takes at once (UIO_MAXIOV). */
#define CALL_VECTOR_MAX 1024

/* Elements of the array that call_vector() copies into. */
static inline size_t call_vector_room(const struct iovec *vector, uint64_t count)
{
    return vector != NULL && count != 0 && count <= CALL_VECTOR_MAX ? count : 1;
}

/* That array, in the frame of the function. */
#define CALL_VECTOR(vector, count)                                                             \
    __builtin_alloca(call_vector_room(vector, count) * sizeof(struct iovec))

/*
 * Copies and checks; returns the copy. NULL for what the kernel refuses by the count alone, or
 * because there is no vector.
 */
struct iovec *call_vector(const struct caller *caller, unsigned access,
                          const struct iovec *vector, uint64_t count, struct iovec *copy);

/*
 * CALL_R(result, name, parameters, arguments): defines __memsentry_r_<name>, which does what
 * <name>_in(caller, parameters) says. CALL_W: __memsentry_w_<name>; CALL_RW: r, w and rw.
 */
#define CALL_SPREAD(...) __VA_ARGS__
#define CALL_IN(mode_name, accesses, result, name, parameters, arguments)                      \
    EXPORT result __memsentry_##mode_name##_##name parameters;                                 \
    result __memsentry_##mode_name##_##name parameters                                         \
    {                                                                                          \
        const struct caller caller = {accesses, #name, (uint64_t)__builtin_return_address(0)}; \
        return name##_in(&caller, CALL_SPREAD arguments);                                      \
    }
#define CALL_R(...) CALL_IN(r, CALL_READ, __VA_ARGS__)
#define CALL_W(...) CALL_IN(w, CALL_WRITE, __VA_ARGS__)
#define CALL_RW(...) CALL_R(__VA_ARGS__) CALL_W(__VA_ARGS__) CALL_IN(rw, CALL_ANY, __VA_ARGS__)

#endif
