/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Bare system calls for the runtime; see kernel.h. */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#ifndef SYS_mseal
#    define SYS_mseal 462
#endif
#ifndef MREMAP_DONTUNMAP
#    define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_FIXED_NOREPLACE
#    define MAP_FIXED_NOREPLACE 0x100000
#endif

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define CALL0(n) call(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) call(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

int kernel_unmap(uint64_t start, uint64_t size)
{
    return (int)CALL2(SYS_munmap, start, size);
}

long kernel_mmap(const void *address, size_t length, int protection, int flags, int file,
                 off_t offset)
{
    return call(SYS_mmap, (long)address, (long)length, protection, flags, file, offset);
}

long kernel_mremap(const void *old, size_t old_length, size_t length, int flags,
                   const void *address)
{
    return call(SYS_mremap, (long)old, (long)old_length, (long)length, flags, (long)address, 0);
}

int kernel_map(uint64_t start, uint64_t size, int protection)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    long got = call(SYS_mmap, (long)start, (long)size, protection, flags, -1, 0);
    if (got < 0 && got > -4096)
        return (int)got;
    if ((uint64_t)got != start) {
        /* A kernel before 4.17 takes the address as a hint. */
        kernel_unmap((uint64_t)got, size);
        return -EEXIST;
    }
    return 0;
}

int kernel_protect(uint64_t start, uint64_t size, int protection)
{
    return (int)CALL3(SYS_mprotect, start, size, protection);
}

int kernel_advise(uint64_t start, uint64_t size, int advice)
{
    return (int)CALL3(SYS_madvise, start, size, advice);
}

int kernel_lock(uint64_t start, uint64_t size)
{
    return (int)CALL3(SYS_mlock2, start, size, 0);
}

int kernel_lock_on_fault(uint64_t start, uint64_t size)
{
    return (int)CALL3(SYS_mlock2, start, size, MLOCK_ONFAULT);
}

int kernel_lock_all(int flags)
{
    return (int)CALL1(SYS_mlockall, flags);
}

int kernel_seal(uint64_t start, uint64_t size)
{
    return (int)CALL3(SYS_mseal, start, size, 0);
}

long kernel_key_alloc(unsigned rights)
{
    return CALL2(SYS_pkey_alloc, 0, rights);
}

int kernel_key_free(int key)
{
    return (int)CALL1(SYS_pkey_free, key);
}

int kernel_protect_key(uint64_t start, uint64_t size, int protection, int key)
{
    return (int)CALL4(SYS_pkey_mprotect, start, size, protection, key);
}

int kernel_random(void *buffer, size_t size)
{
    long got;
    do
        got = CALL3(SYS_getrandom, buffer, size, 0);
    while (got == -EINTR);
    return got < 0 ? (int)got : 0;
}

int kernel_move(uint64_t from, uint64_t to, uint64_t size)
{
    const int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    long got = call(SYS_mremap, (long)from, (long)size, (long)size, flags, (long)to, 0);
    return got < 0 && got > -4096 ? (int)got : 0;
}

void kernel_wait(const void *word, uint32_t value)
{
    CALL4(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL);
}

void kernel_wake(const void *word, int waiters)
{
    CALL3(SYS_futex, word, FUTEX_WAKE_PRIVATE, waiters);
}

long kernel_open_read(const char *path)
{
    return CALL4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

long kernel_read(int fd, void *buffer, size_t size)
{
    long got;
    do
        got = CALL3(SYS_read, fd, buffer, size);
    while (got == -EINTR);
    return got;
}

void kernel_close(int fd)
{
    CALL1(SYS_close, fd);
}

void kernel_write(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size != 0) {
        long put = CALL3(SYS_write, fd, at, size);
        if (put == -EINTR)
            continue;
        if (put <= 0)
            return;
        at += put;
        size -= (size_t)put;
    }
}

long kernel_connect_datagram(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strnlen(path, sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, length);
    long fd = CALL3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fd;
    long error = CALL3(SYS_connect, fd, &address, sizeof address);
    if (error == 0)
        return fd;
    kernel_close((int)fd);
    return error;
}

int kernel_pid(void)
{
    return (int)CALL0(SYS_getpid);
}

int kernel_tid(void)
{
    return (int)CALL0(SYS_gettid);
}

bool kernel_is_own_thread(int tid)
{
    return CALL3(SYS_tgkill, kernel_pid(), tid, 0) == 0;
}

int kernel_altstack(const stack_t *stack, stack_t *old)
{
    return (int)CALL2(SYS_sigaltstack, stack, old);
}

void kernel_unblock(int signal)
{
    uint64_t set = UINT64_C(1) << (signal - 1);
    CALL4(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, sizeof set);
}

int kernel_signal_mask(int how, const uint64_t *mask, uint64_t *old)
{
    return (int)CALL4(SYS_rt_sigprocmask, how, mask, old, sizeof *mask);
}

int kernel_action(int signal, const struct kernel_action *action, struct kernel_action *old)
{
    return (int)CALL4(SYS_rt_sigaction, signal, action, old, sizeof(uint64_t));
}

void kernel_default_action(int signal)
{
    /* All zero is SIG_DFL. */
    const struct kernel_action action = {0};
    (void)kernel_action(signal, &action, NULL);
}

void kernel_raise(int signal)
{
    CALL3(SYS_tgkill, kernel_pid(), kernel_tid(), signal);
}

_Noreturn void kernel_exit(int status)
{
    for (;;)
        CALL1(SYS_exit_group, status);
}

uint64_t kernel_limit(int resource)
{
    struct rlimit limit;
    if (CALL4(SYS_prlimit64, 0, resource, NULL, &limit) < 0)
        return RLIM_INFINITY;
    return limit.rlim_cur;
}

bool kernel_legacy_layout(void)
{
    long persona = CALL1(SYS_personality, 0xffffffff);
    return persona >= 0 && (persona & ADDR_COMPAT_LAYOUT) != 0;
}
