/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Messages of sockets; see calls.h. */
#include <sys/socket.h>

#include "calls.h"
#include "internal.h"

/* The fields that a call may change are written back one by one. */
static void copy_message(const struct caller *caller, unsigned access,
                         const struct msghdr *message, struct msghdr *copy)
{
    const volatile struct msghdr *from = message;
    copy->msg_name = from->msg_name;
    copy->msg_namelen = from->msg_namelen;
    copy->msg_iov = from->msg_iov;
    copy->msg_iovlen = from->msg_iovlen;
    copy->msg_control = from->msg_control;
    copy->msg_controllen = from->msg_controllen;
    copy->msg_flags = from->msg_flags;
    call_check_pointer(caller, access, copy->msg_name, copy->msg_namelen);
    call_check_pointer(caller, access, copy->msg_control, copy->msg_controllen);
}

static void return_message(struct msghdr *message, const struct msghdr *copy)
{
    message->msg_namelen = copy->msg_namelen;
    message->msg_controllen = copy->msg_controllen;
    message->msg_flags = copy->msg_flags;
}

ssize_t recvmsg_in(const struct caller *caller, int socket, struct msghdr *message, int flags)
{
    struct msghdr copy;
    if (message == NULL)
        return recvmsg(socket, NULL, flags);
    call_check_pointer(caller, CALL_ANY, message, sizeof *message);
    copy_message(caller, CALL_WRITE, message, &copy);
    struct iovec *vector = CALL_VECTOR(copy.msg_iov, copy.msg_iovlen);
    copy.msg_iov = call_vector(caller, CALL_WRITE, copy.msg_iov, copy.msg_iovlen, vector);
    ssize_t result = recvmsg(socket, &copy, flags);
    if (result >= 0)
        return_message(message, &copy);
    return result;
}

ssize_t sendmsg_in(const struct caller *caller, int socket, const struct msghdr *message,
                   int flags)
{
    struct msghdr copy;
    if (message == NULL)
        return sendmsg(socket, NULL, flags);
    call_check_pointer(caller, CALL_READ, message, sizeof *message);
    copy_message(caller, CALL_READ, message, &copy);
    struct iovec *vector = CALL_VECTOR(copy.msg_iov, copy.msg_iovlen);
    copy.msg_iov = call_vector(caller, CALL_READ, copy.msg_iov, copy.msg_iovlen, vector);
    return sendmsg(socket, &copy, flags);
}

CALL_RW(ssize_t, recvmsg, (int socket, struct msghdr *message, int flags),
        (socket, message, flags))
CALL_RW(ssize_t, sendmsg, (int socket, const struct msghdr *message, int flags),
        (socket, message, flags))

/*
 * Of several messages, as many as fit here are handed on. A caller that gets fewer than it
 * wanted comes back, as it must when the kernel stops half way.
 */
#define MESSAGES_MAX 64

struct batch {
    struct mmsghdr messages[MESSAGES_MAX];
    struct iovec vectors[CALL_VECTOR_MAX];
};

static unsigned fill(struct batch *batch, const struct caller *caller, unsigned access,
                     const struct mmsghdr *messages, unsigned count)
{
    size_t used = 0;
    unsigned i;
    for (i = 0; i < count && i < MESSAGES_MAX; i++) {
        struct msghdr *copy = &batch->messages[i].msg_hdr;
        copy_message(caller, access, &messages[i].msg_hdr, copy);
        batch->messages[i].msg_len = 0;
        size_t room = call_vector_room(copy->msg_iov, copy->msg_iovlen);
        if (room > CALL_VECTOR_MAX - used)
            break;
        copy->msg_iov =
            call_vector(caller, access, copy->msg_iov, copy->msg_iovlen, &batch->vectors[used]);
        used += room;
    }
    return i;
}

int recvmmsg_in(const struct caller *caller, int socket, struct mmsghdr *messages,
                unsigned count, int flags, struct timespec *timeout)
{
    struct batch batch;
    call_check_pointer(caller, CALL_ANY, timeout, sizeof *timeout);
    if (messages == NULL)
        return recvmmsg(socket, NULL, count, flags, timeout);
    call_check_pointer(caller, CALL_ANY, messages, count * sizeof *messages);
    count = fill(&batch, caller, CALL_WRITE, messages, count);
    int result = recvmmsg(socket, batch.messages, count, flags, timeout);
    for (int i = 0; i < result; i++) {
        messages[i].msg_len = batch.messages[i].msg_len;
        return_message(&messages[i].msg_hdr, &batch.messages[i].msg_hdr);
    }
    return result;
}

int sendmmsg_in(const struct caller *caller, int socket, struct mmsghdr *messages,
                unsigned count, int flags)
{
    struct batch batch;
    if (messages == NULL)
        return sendmmsg(socket, NULL, count, flags);
    call_check_pointer(caller, CALL_ANY, messages, count * sizeof *messages);
    count = fill(&batch, caller, CALL_READ, messages, count);
    int result = sendmmsg(socket, batch.messages, count, flags);
    for (int i = 0; i < result; i++)
        messages[i].msg_len = batch.messages[i].msg_len;
    return result;
}

CALL_RW(int, recvmmsg,
        (int socket, struct mmsghdr *messages, unsigned count, int flags,
         struct timespec *timeout),
        (socket, messages, count, flags, timeout))
CALL_RW(int, sendmmsg, (int socket, struct mmsghdr *messages, unsigned count, int flags),
        (socket, messages, count, flags))
