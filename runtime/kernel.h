/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The only way from the runtime to the kernel. Every call is a bare system call: no errno, no
 * cancellation point, nothing of libc that an attacker could have prepared. All return a
 * negative errno on failure and are async-signal-safe.
 */
#ifndef RUNTIME_KERNEL_H
#define RUNTIME_KERNEL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Linux 6.13 and 6.10; older libc headers lack them. */
#define KERNEL_MADV_GUARD_INSTALL 102
#define KERNEL_MADV_GUARD_REMOVE 103

/* Maps private, unaccounted anonymous memory exactly at `start`; never replaces a mapping. */
int kernel_map(uint64_t start, uint64_t size, int protection);
int kernel_unmap(uint64_t start, uint64_t size);
/* For the program, as it asks; the result is an address or a negative errno. */
long kernel_mmap(const void *address, size_t length, int protection, int flags, int file,
                 off_t offset);
long kernel_mremap(const void *old, size_t old_length, size_t length, int flags,
                   const void *address);
int kernel_protect(uint64_t start, uint64_t size, int protection);
int kernel_advise(uint64_t start, uint64_t size, int advice);
/* Locks what is there into memory and reads it in. */
int kernel_lock(uint64_t start, uint64_t size);
/* The same, but what is touched later only. */
int kernel_lock_on_fault(uint64_t start, uint64_t size);
/* mlockall. */
int kernel_lock_all(int flags);
int kernel_seal(uint64_t start, uint64_t size);

/* Protection keys: a free one, or a negative errno; `rights` are the calling thread's. */
long kernel_key_alloc(unsigned rights);
int kernel_key_free(int key);
/* mprotect, and the key of the memory. */
int kernel_protect_key(uint64_t start, uint64_t size, int protection, int key);

/* Fills `buffer`, of at most 256 bytes, from the kernel's generator. */
int kernel_random(void *buffer, size_t size);

/*
 * Moves the pages of `from` to `to`, which is replaced; `from` stays mapped and reads zeroes.
 * Linux 5.7.
 */
int kernel_move(uint64_t from, uint64_t to, uint64_t size);

/* Sleeps while *word is `value`, at least until kernel_wake(); wakes without cause too. */
void kernel_wait(const void *word, uint32_t value);
void kernel_wake(const void *word, int waiters);

long kernel_open_read(const char *path);
long kernel_read(int fd, void *buffer, size_t size);
void kernel_close(int fd);
/* Writes everything, whatever it takes; gives up on an error. */
void kernel_write(int fd, const void *data, size_t size);

/* A datagram socket connected to a path, or a negative errno. */
long kernel_connect_datagram(const char *path);

int kernel_pid(void);
int kernel_tid(void);
/* Whether `tid` is a thread of this process. */
bool kernel_is_own_thread(int tid);
int kernel_altstack(const stack_t *stack, stack_t *old);
void kernel_unblock(int signal);
/* sigprocmask, with the kernel's masks of 64 bits; both may be NULL. */
int kernel_signal_mask(int how, const uint64_t *mask, uint64_t *old);
/* A signal's action as the kernel has it. */
struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};
/* rt_sigaction, past libc and past ours; either may be NULL. */
int kernel_action(int signal, const struct kernel_action *action, struct kernel_action *old);
/* Restores the default action of `signal`. */
void kernel_default_action(int signal);
void kernel_raise(int signal);
_Noreturn void kernel_exit(int status);

/* Soft limit; RLIM_INFINITY when it cannot be read. */
uint64_t kernel_limit(int resource);
/* Whether this process runs with the legacy address-space layout by personality. */
bool kernel_legacy_layout(void);

#endif
