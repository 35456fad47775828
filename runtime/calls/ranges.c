/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls that change what is mapped where; see calls.h. */
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "calls.h"
#include "internal.h"
#include "memsentry/abi.h"

/* Without MAP_FIXED the address is a hint, and where something is mapped it is not taken. */
static void check_mapping(const struct caller *caller, void *address, size_t length, int flags)
{
    if ((flags & MAP_FIXED) != 0)
        call_check_pointer(caller, CALL_WRITE, address, length);
}

void *mmap_in(const struct caller *caller, void *address, size_t length, int protection,
              int flags, int file, off_t offset)
{
    check_mapping(caller, address, length, flags);
    return mmap(address, length, protection, flags, file, offset);
}

static void *mmap64_in(const struct caller *caller, void *address, size_t length,
                       int protection, int flags, int file, off_t offset)
{
    check_mapping(caller, address, length, flags);
    return mmap64(address, length, protection, flags, file, offset);
}

void *mremap_in(const struct caller *caller, void *old, size_t old_length, size_t length,
                int flags, void *address)
{
    /* No length at all makes a second mapping of what is there. */
    call_check_pointer(caller, CALL_WRITE, old, old_length != 0 ? old_length : 1);
    if ((flags & MREMAP_FIXED) != 0)
        call_check_pointer(caller, CALL_WRITE, address, length);
    return mremap(old, old_length, length, flags, address);
}

#define RANGE_CALL(name, parameters, arguments)                                                \
    int name##_in(const struct caller *caller, CALL_SPREAD parameters)                         \
    {                                                                                          \
        call_check_pointer(caller, CALL_WRITE, address, length);                               \
        return name arguments;                                                                 \
    }                                                                                          \
    CALL_W(int, name, parameters, arguments)

RANGE_CALL(munmap, (void *address, size_t length), (address, length))
RANGE_CALL(mprotect, (void *address, size_t length, int protection),
           (address, length, protection))
RANGE_CALL(pkey_mprotect, (void *address, size_t length, int protection, int key),
           (address, length, protection, key))
RANGE_CALL(madvise, (void *address, size_t length, int advice), (address, length, advice))

ssize_t process_madvise_in(const struct caller *caller, int process, const struct iovec *vector,
                           size_t count, int advice, unsigned flags)
{
    struct iovec *copy = CALL_VECTOR(vector, count);
    vector = call_vector(caller, CALL_WRITE, vector, count, copy);
    return process_madvise(process, vector, count, advice, flags);
}

/* How much is attached, the kernel knows. */
void *shmat_in(const struct caller *caller, int segment, const void *address, int flags)
{
    call_check_pointer(caller, CALL_WRITE, address, MEMSENTRY_LENGTH_UNKNOWN);
    return shmat(segment, address, flags);
}

CALL_W(void *, mmap,
       (void *address, size_t length, int protection, int flags, int file, off_t offset),
       (address, length, protection, flags, file, offset))
CALL_W(void *, mmap64,
       (void *address, size_t length, int protection, int flags, int file, off_t offset),
       (address, length, protection, flags, file, offset))
CALL_W(void *, mremap, (void *old, size_t old_length, size_t length, int flags, void *address),
       (old, old_length, length, flags, address))
CALL_W(ssize_t, process_madvise,
       (int process, const struct iovec *vector, size_t count, int advice, unsigned flags),
       (process, vector, count, advice, flags))
CALL_W(void *, shmat, (int segment, const void *address, int flags), (segment, address, flags))

/* The kernel writes what a signal interrupts to the stack that it is given. */
int sigaltstack_in(const struct caller *caller, const stack_t *stack, stack_t *old)
{
    stack_t copy;
    call_check_pointer(caller, CALL_WRITE, old, sizeof *old);
    if (stack == NULL)
        return sigaltstack(NULL, old);
    const volatile stack_t *from = stack;
    call_check_pointer(caller, CALL_READ, stack, sizeof *stack);
    copy.ss_sp = from->ss_sp;
    copy.ss_flags = from->ss_flags;
    copy.ss_size = from->ss_size;
    if ((copy.ss_flags & SS_DISABLE) == 0)
        call_check_pointer(caller, CALL_ANY, copy.ss_sp, copy.ss_size);
    return sigaltstack(&copy, old);
}

CALL_RW(int, sigaltstack, (const stack_t *stack, stack_t *old), (stack, old))
