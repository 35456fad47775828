/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Checked calls that the checked syscall() comes to as well; see calls.h. */
#ifndef RUNTIME_CALLS_INTERNAL_H
#define RUNTIME_CALLS_INTERNAL_H

#include <signal.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include "calls.h"

ssize_t process_vm_readv_in(const struct caller *caller, pid_t process,
                            const struct iovec *local, unsigned long locals,
                            const struct iovec *remote, unsigned long remotes,
                            unsigned long flags);
ssize_t process_vm_writev_in(const struct caller *caller, pid_t process,
                             const struct iovec *local, unsigned long locals,
                             const struct iovec *remote, unsigned long remotes,
                             unsigned long flags);

ssize_t recvmsg_in(const struct caller *caller, int socket, struct msghdr *message, int flags);
ssize_t sendmsg_in(const struct caller *caller, int socket, const struct msghdr *message,
                   int flags);
int recvmmsg_in(const struct caller *caller, int socket, struct mmsghdr *messages,
                unsigned count, int flags, struct timespec *timeout);
int sendmmsg_in(const struct caller *caller, int socket, struct mmsghdr *messages,
                unsigned count, int flags);

void *mmap_in(const struct caller *caller, void *address, size_t length, int protection,
              int flags, int file, off_t offset);
void *mremap_in(const struct caller *caller, void *old, size_t old_length, size_t length,
                int flags, void *address);
int munmap_in(const struct caller *caller, void *address, size_t length);
int mprotect_in(const struct caller *caller, void *address, size_t length, int protection);
int pkey_mprotect_in(const struct caller *caller, void *address, size_t length, int protection,
                     int key);
int madvise_in(const struct caller *caller, void *address, size_t length, int advice);
ssize_t process_madvise_in(const struct caller *caller, int process, const struct iovec *vector,
                           size_t count, int advice, unsigned flags);
void *shmat_in(const struct caller *caller, int segment, const void *address, int flags);
int sigaltstack_in(const struct caller *caller, const stack_t *stack, stack_t *old);

struct iocb;
void call_check_blocks(const struct caller *caller, long count, struct iocb **blocks);

int ioctl_in(const struct caller *caller, int file, unsigned long request, void *argument);
int fcntl_in(const struct caller *caller, int file, int command, void *argument);
int prctl_in(const struct caller *caller, int option, unsigned long a, unsigned long b,
             unsigned long c, unsigned long d);

#endif
