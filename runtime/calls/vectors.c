/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Scattered input and output; see calls.h. */
#include <fcntl.h>
#include <sys/uio.h>

#include "calls.h"
#include "internal.h"
#include "../kernel.h"

struct iovec *call_vector(const struct caller *caller, unsigned access,
                          const struct iovec *vector, uint64_t count, struct iovec *copy)
{
    const volatile struct iovec *from = vector;
    if (vector == NULL || count == 0 || count > CALL_VECTOR_MAX)
        return NULL;
    call_check_pointer(caller, CALL_READ, vector, count * sizeof *vector);
    for (uint64_t i = 0; i < count; i++) {
        copy[i].iov_base = from[i].iov_base;
        copy[i].iov_len = from[i].iov_len;
        call_check_pointer(caller, access, copy[i].iov_base, copy[i].iov_len);
    }
    return copy;
}

#define VECTOR_CALL(kind, access, name, parameters, arguments)                                 \
    static ssize_t name##_in(const struct caller *caller, CALL_SPREAD parameters)              \
    {                                                                                          \
        struct iovec *copy = CALL_VECTOR(vector, (uint64_t)count);                             \
        vector = call_vector(caller, access, vector, (uint64_t)count, copy);                   \
        return name arguments;                                                                 \
    }                                                                                          \
    kind(ssize_t, name, parameters, arguments)

VECTOR_CALL(CALL_RW, CALL_WRITE, readv, (int file, const struct iovec *vector, int count),
            (file, vector, count))
VECTOR_CALL(CALL_RW, CALL_WRITE, preadv,
            (int file, const struct iovec *vector, int count, off_t offset),
            (file, vector, count, offset))
VECTOR_CALL(CALL_RW, CALL_WRITE, preadv64,
            (int file, const struct iovec *vector, int count, off64_t offset),
            (file, vector, count, offset))
VECTOR_CALL(CALL_RW, CALL_WRITE, preadv2,
            (int file, const struct iovec *vector, int count, off_t offset, int flags),
            (file, vector, count, offset, flags))
VECTOR_CALL(CALL_RW, CALL_WRITE, preadv64v2,
            (int file, const struct iovec *vector, int count, off64_t offset, int flags),
            (file, vector, count, offset, flags))
VECTOR_CALL(CALL_R, CALL_READ, writev, (int file, const struct iovec *vector, int count),
            (file, vector, count))
VECTOR_CALL(CALL_R, CALL_READ, pwritev,
            (int file, const struct iovec *vector, int count, off_t offset),
            (file, vector, count, offset))
VECTOR_CALL(CALL_R, CALL_READ, pwritev64,
            (int file, const struct iovec *vector, int count, off64_t offset),
            (file, vector, count, offset))
VECTOR_CALL(CALL_R, CALL_READ, pwritev2,
            (int file, const struct iovec *vector, int count, off_t offset, int flags),
            (file, vector, count, offset, flags))
VECTOR_CALL(CALL_R, CALL_READ, pwritev64v2,
            (int file, const struct iovec *vector, int count, off64_t offset, int flags),
            (file, vector, count, offset, flags))
/* Which way the data go depends on the end of the pipe. */
VECTOR_CALL(CALL_RW, CALL_ANY, vmsplice,
            (int pipe, const struct iovec *vector, size_t count, unsigned flags),
            (pipe, vector, count, flags))

/* A debugger may name any address of another process; ours it may not. */
static ssize_t transfer(const struct caller *caller, bool in, pid_t process,
                        const struct iovec *local, unsigned long locals,
                        const struct iovec *remote, unsigned long remotes, unsigned long flags)
{
    struct iovec *local_copy = CALL_VECTOR(local, locals);
    struct iovec *remote_copy = CALL_VECTOR(remote, remotes);
    const bool own = kernel_is_own_thread(process);
    local = call_vector(caller, in ? CALL_WRITE : CALL_READ, local, locals, local_copy);
    unsigned access = own ? (in ? CALL_READ : CALL_WRITE) : 0;
    remote = call_vector(caller, access, remote, remotes, remote_copy);
    return in ? process_vm_readv(process, local, locals, remote, remotes, flags)
              : process_vm_writev(process, local, locals, remote, remotes, flags);
}

ssize_t process_vm_readv_in(const struct caller *caller, pid_t process,
                            const struct iovec *local, unsigned long locals,
                            const struct iovec *remote, unsigned long remotes,
                            unsigned long flags)
{
    return transfer(caller, true, process, local, locals, remote, remotes, flags);
}

ssize_t process_vm_writev_in(const struct caller *caller, pid_t process,
                             const struct iovec *local, unsigned long locals,
                             const struct iovec *remote, unsigned long remotes,
                             unsigned long flags)
{
    return transfer(caller, false, process, local, locals, remote, remotes, flags);
}

#define TRANSFER_PARAMETERS                                                                    \
    (pid_t process, const struct iovec *local, unsigned long locals,                           \
     const struct iovec *remote, unsigned long remotes, unsigned long flags)
CALL_RW(ssize_t, process_vm_readv, TRANSFER_PARAMETERS,
        (process, local, locals, remote, remotes, flags))
CALL_RW(ssize_t, process_vm_writev, TRANSFER_PARAMETERS,
        (process, local, locals, remote, remotes, flags))
