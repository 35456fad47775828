/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* syscall(); see calls.h. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../control.h"
#include "../fail.h"
#include "../kernel.h"
#include "calls.h"
#include "internal.h"

#define ARGUMENTS 6

/* Bit n of a set is argument n. */
struct system_call {
    bool known;
    unsigned char reads, writes;
};

#define A(n) (1U << (n))
static const struct system_call system_calls[] = {
#define SYSTEM_CALL(name, reads, writes) [SYS_##name] = {true, reads, writes},
#include "system_calls.def"
};

static long call(long number, const uint64_t *a)
{
    return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void check_arguments(const struct caller *caller, long number, const uint64_t *a)
{
    struct system_call system_call = {true, A(ARGUMENTS) - 1, A(ARGUMENTS) - 1};
    if (number >= 0 && (size_t)number < sizeof system_calls / sizeof *system_calls &&
        system_calls[number].known)
        system_call = system_calls[number];
    for (unsigned i = 0; i < ARGUMENTS; i++) {
        unsigned access = ((system_call.reads & A(i)) != 0 ? CALL_READ : 0) |
                          ((system_call.writes & A(i)) != 0 ? CALL_WRITE : 0);
        call_check(caller, access, a[i], 1);
    }
}

static long call_vectored(const struct caller *caller, unsigned access, long number,
                          uint64_t *a)
{
    struct iovec *copy = CALL_VECTOR((void *)a[1], a[2]);
    a[1] = (uint64_t)call_vector(caller, access, (void *)a[1], a[2], copy);
    return call(number, a);
}

/* What clone3 is given: where to store numbers of the child, and its stack. */
static long call_clone(const struct caller *caller, uint64_t *a)
{
    static const unsigned char addresses[] = {1, 2, 3, 5};
    uint64_t copy[32] = {0};
    if (a[0] == 0 || a[1] > sizeof copy)
        return call(SYS_clone3, a);
    call_check(caller, CALL_READ, a[0], a[1]);
    for (uint64_t i = 0; i < a[1] / sizeof *copy; i++)
        copy[i] = ((const volatile uint64_t *)a[0])[i];
    for (size_t i = 0; i < sizeof addresses; i++)
        call_check(caller, CALL_WRITE, copy[addresses[i]], 1);
    a[0] = (uint64_t)copy;
    return call(SYS_clone3, a);
}

/* For backends that every handler has to go through; the others leave the kernel's call alone.
 */
static long call_action(const struct caller *caller, const uint64_t *a)
{
    struct sigaction action = {.sa_flags = 0}, old;
    struct kernel_action given;
    if (a[3] != sizeof given.mask)
        return fail(EINVAL);
    call_check(caller, CALL_READ, a[1], sizeof given);
    call_check(caller, CALL_WRITE, a[2], sizeof given);
    if (a[1] != 0) {
        memcpy(&given, (const void *)a[1], sizeof given);
        action.sa_sigaction = (void (*)(int, siginfo_t *, void *))given.handler;
        action.sa_flags = (int)given.flags;
        memcpy(&action.sa_mask, &given.mask, sizeof given.mask);
    }
    if (sigaction((int)a[0], a[1] != 0 ? &action : NULL, &old) != 0)
        return -1;
    if (a[2] != 0) {
        given = (struct kernel_action){.handler = (uint64_t)old.sa_sigaction,
                                       .flags = (uint64_t)(unsigned)old.sa_flags};
        memcpy(&given.mask, &old.sa_mask, sizeof given.mask);
        memcpy((void *)a[2], &given, sizeof given);
    }
    return 0;
}

static long call_memory(const struct caller *caller, long number, const uint64_t *a)
{
    switch (number) {
    case SYS_mmap:
        return (long)mmap_in(caller, (void *)a[0], a[1], (int)a[2], (int)a[3], (int)a[4],
                             (off_t)a[5]);
    case SYS_mremap:
        return (long)mremap_in(caller, (void *)a[0], a[1], a[2], (int)a[3], (void *)a[4]);
    case SYS_munmap:
        return munmap_in(caller, (void *)a[0], a[1]);
    case SYS_mprotect:
        return mprotect_in(caller, (void *)a[0], a[1], (int)a[2]);
    case SYS_pkey_mprotect:
        return pkey_mprotect_in(caller, (void *)a[0], a[1], (int)a[2], (int)a[3]);
    case SYS_madvise:
        return madvise_in(caller, (void *)a[0], a[1], (int)a[2]);
    case SYS_process_madvise:
        return process_madvise_in(caller, (int)a[0], (void *)a[1], a[2], (int)a[3],
                                  (unsigned)a[4]);
    default:
        return (long)shmat_in(caller, (int)a[0], (void *)a[1], (int)a[2]);
    }
}

static long call_message(const struct caller *caller, long number, const uint64_t *a)
{
    switch (number) {
    case SYS_recvmsg:
        return recvmsg_in(caller, (int)a[0], (void *)a[1], (int)a[2]);
    case SYS_sendmsg:
        return sendmsg_in(caller, (int)a[0], (void *)a[1], (int)a[2]);
    case SYS_recvmmsg:
        return recvmmsg_in(caller, (int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3],
                           (void *)a[4]);
    default:
        return sendmmsg_in(caller, (int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3]);
    }
}

static long syscall_in(const struct caller *caller, long number, uint64_t a0, uint64_t a1,
                       uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
    uint64_t a[ARGUMENTS] = {a0, a1, a2, a3, a4, a5};
    switch (number) {
    case SYS_readv:
    case SYS_preadv:
    case SYS_preadv2:
        return call_vectored(caller, CALL_WRITE, number, a);
    case SYS_writev:
    case SYS_pwritev:
    case SYS_pwritev2:
        return call_vectored(caller, CALL_READ, number, a);
    case SYS_vmsplice:
        return call_vectored(caller, CALL_ANY, number, a);
    case SYS_process_vm_readv:
        return process_vm_readv_in(caller, (pid_t)a0, (void *)a1, a2, (void *)a3, a4, a5);
    case SYS_process_vm_writev:
        return process_vm_writev_in(caller, (pid_t)a0, (void *)a1, a2, (void *)a3, a4, a5);
    case SYS_recvmsg:
    case SYS_sendmsg:
    case SYS_recvmmsg:
    case SYS_sendmmsg:
        return call_message(caller, number, a);
    case SYS_mmap:
    case SYS_mremap:
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_pkey_mprotect:
    case SYS_madvise:
    case SYS_process_madvise:
    case SYS_shmat:
        return call_memory(caller, number, a);
    case SYS_rt_sigaction:
        if (CONFIG->checks_by_state)
            return call_action(caller, a);
        check_arguments(caller, number, a);
        return call(number, a);
    case SYS_sigaltstack:
        return sigaltstack_in(caller, (void *)a0, (void *)a1);
    case SYS_clone3:
        return call_clone(caller, a);
    case SYS_ioctl:
        return ioctl_in(caller, (int)a0, a1, (void *)a2);
    case SYS_fcntl:
        return fcntl_in(caller, (int)a0, (int)a1, (void *)a2);
    case SYS_prctl:
        return prctl_in(caller, (int)a0, a1, a2, a3, a4);
    case SYS_io_submit:
        call_check_blocks(caller, (long)a1, (void *)a2);
        return call(number, a);
    default:
        check_arguments(caller, number, a);
        return call(number, a);
    }
}

CALL_RW(long, syscall,
        (long number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
         uint64_t a5),
        (number, a0, a1, a2, a3, a4, a5))
