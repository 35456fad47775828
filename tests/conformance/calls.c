/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Calls of libc that are checked do what they did: results, errors, arguments that mean nothing
 * or something special.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void vectors(void)
{
    char a[8] = "", b[8] = "";
    struct iovec in[] = {{a, 4}, {NULL, 0}, {b, 4}}, out[] = {{"abcd", 4}, {"efgh", 4}};
    int ends[2], file = memfd_create("calls", 0);
    CHECK(pipe(ends) == 0);
    CHECK(writev(ends[1], out, 2) == 8 && readv(ends[0], in, 3) == 8);
    CHECK(!memcmp(a, "abcd", 4) && !memcmp(b, "efgh", 4));
    CHECK(pwritev(file, out, 2, 3) == 8 && preadv(file, in, 3, 3) == 8 && a[3] == 'd');
    CHECK(pwritev2(file, out, 2, 3, 0) == 8 && preadv2(file, in, 3, 3, 0) == 8);
    CHECK(syscall(SYS_preadv, file, in, 3, 3L, 0L) == 8);
    CHECK(readv(file, in, 0) == 0);
    CHECK(readv(file, in, -1) == -1 && errno == EINVAL);
    CHECK(readv(file, in, 1025) == -1 && errno == EINVAL);
    CHECK(readv(file, NULL, 1) == -1 && errno == EFAULT);
    CHECK(readv(-1, in, 1) == -1 && errno == EBADF);
    in[0].iov_len = (size_t)-1;
    CHECK(readv(file, in, 1) == -1 && errno == EINVAL);
    in[0].iov_len = 4;
    CHECK(process_vm_readv(getpid(), in, 1, out, 1, 0) == 4 && a[0] == 'a');
    struct iovec many[1024];
    for (int i = 0; i < 1024; i++)
        many[i] = (struct iovec){a, 1};
    CHECK(lseek(file, 0, SEEK_SET) == 0 && readv(file, many, 1024) == 11);
}

static void messages(void)
{
    int ends[2];
    char bytes[80], control[64];
    struct iovec vector = {bytes, sizeof bytes};
    struct sockaddr_storage name;
    struct msghdr message = {&name, sizeof name, &vector, 1, control, sizeof control, 0};
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0 && write(ends[1], "hello", 5) == 5);
    CHECK(recvmsg(ends[0], &message, 0) == 5 && !memcmp(bytes, "hello", 5));
    CHECK(message.msg_controllen == 0 && message.msg_flags == 0 && message.msg_namelen <= 2);
    CHECK(recvmsg(ends[0], NULL, MSG_DONTWAIT) == -1 && errno == EFAULT);
    message = (struct msghdr){.msg_iov = &vector, .msg_iovlen = 1};
    CHECK(sendmsg(ends[1], &message, 0) == 80);
    static struct mmsghdr several[100];
    for (int i = 0; i < 100; i++)
        several[i].msg_hdr = message;
    CHECK(recvmmsg(ends[0], several, 1, 0, NULL) == 1 && several[0].msg_len == 80);
    int sent = sendmmsg(ends[1], several, 100, MSG_DONTWAIT);
    CHECK(sent > 0 && several[0].msg_len == 80);
    CHECK(recvmmsg(ends[0], several, 100, MSG_DONTWAIT, NULL) == sent);
    message.msg_iovlen = 1025;
    CHECK(sendmsg(ends[1], &message, 0) == -1 && errno == EMSGSIZE);
}

static void requests(void)
{
    int ends[2], number = -1;
    char name[16];
    struct flock lock = {.l_type = F_WRLCK};
    struct ifreq interfaces[8];
    struct ifconf list = {.ifc_len = sizeof interfaces, .ifc_req = interfaces};
    CHECK(pipe(ends) == 0 && ioctl(ends[0], FIONREAD, &number) == 0 && number == 0);
    number = 1;
    CHECK(ioctl(ends[0], FIONBIO, &number) == 0);
    CHECK(ioctl(ends[0], FIONCLEX) == 0 && ioctl(ends[0], FIOCLEX) == 0);
    CHECK(ioctl(ends[0], TCGETS, interfaces) == -1 && errno == ENOTTY);
    CHECK(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFCONF, &list) == 0);
    CHECK(list.ifc_len >= 0 && list.ifc_len <= (int)sizeof interfaces);
    CHECK(fcntl(ends[0], F_GETFD) == FD_CLOEXEC && fcntl(ends[0], F_SETFD, 0) == 0);
    CHECK(fcntl(memfd_create("calls", 0), F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK);
    CHECK(prctl(PR_SET_NAME, "calls") == 0 && prctl(PR_GET_NAME, name) == 0);
    CHECK(!strcmp(name, "calls") && prctl(PR_GET_DUMPABLE) >= 0);
    CHECK(prctl(-1, -1L, -1L, -1L, -1L) == -1 && errno == EINVAL);
    CHECK(syscall(SYS_getpid) == getpid() && syscall(SYS_gettid) == gettid());
    CHECK(syscall(SYS_lseek, memfd_create("calls", 0), 5L << 40, SEEK_SET) == 5L << 40);
    CHECK(syscall(-1, -1L) == -1 && errno == ENOSYS);
    int set = semget(IPC_PRIVATE, 1, 0600);
    if (set >= 0) /* what a container may forbid */
        CHECK(semctl(set, 0, SETVAL, 7) == 0 && semctl(set, 0, GETVAL) == 7 &&
              semctl(set, 0, IPC_RMID) == 0);
}

static void ranges(void)
{
    size_t size = (size_t)2 << 40;
    char *large =
        mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(large != MAP_FAILED && madvise(large, size, MADV_DONTDUMP) == 0);
    CHECK(mprotect(large, 8192, PROT_READ | PROT_WRITE) == 0);
    large[0] = 1;
    CHECK(mmap(large, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
          large);
    CHECK(large[0] == 0 && munmap(large, size) == 0);
    large = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK((large = mremap(large, 4096, 8192, MREMAP_MAYMOVE)) != MAP_FAILED);
    CHECK(munmap(MAP_FAILED, 4096) == -1 && errno == EINVAL);
    CHECK(munmap(NULL, 0) == -1 && errno == EINVAL);
    CHECK(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE, -1, 0) == MAP_FAILED && errno == EBADF);
    stack_t stack;
    CHECK(sigaltstack(NULL, &stack) == 0);
}

/* Arguments that are no addresses where others are. */
static void sentinels(void)
{
    char text[32];
    CHECK(write(1, NULL, 0) == 0 && read(-1, (void *)-1, 0) == -1);
    size_t nothing = 0;
    escape(&nothing);
    memmove((void *)0x3a0000001800, text, nothing); /* no bytes: no harm */
    free(NULL);
    CHECK(time(NULL) > 0 && wait(NULL) == -1 && setlocale(LC_ALL, NULL) != NULL);
    CHECK(strtol("12", NULL, 10) == 12 && fflush(NULL) == 0);
    CHECK(newlocale(LC_ALL_MASK, "C", (locale_t)0) != (locale_t)0);
    CHECK(uselocale(LC_GLOBAL_LOCALE) != (locale_t)0);
    CHECK(snprintf(NULL, 0, "%p %s", (void *)0x3a0000001800, "text") > 8);
    CHECK(snprintf(text, sizeof text, "%d%n", 12, &(int){0}) == 2);
    CHECK(sscanf("7 x", "%d %1s", &(int){0}, text) == 2 && text[0] == 'x');
    CHECK(sigaction(SIGUSR1, NULL, NULL) == 0 && sigprocmask(SIG_BLOCK, NULL, NULL) == 0);
}

static size_t (*const length)(const char *) = strlen;

static void addresses(void)
{
    void *(*copy)(void *, const void *, size_t) = memcpy;
    int (*print)(char *, size_t, const char *, ...) = snprintf;
    char text[32];
    escape(&copy);
    escape(&print);
    CHECK(copy == memcpy && copy(text, "abc", 4) == text && length(text) == 3);
    CHECK(print(text, sizeof text, "%d %g %d %d %d %s", 1, 2.5, 3, 4, 5, "six") == 15);
    CHECK(!strcmp(text, "1 2.5 3 4 5 six"));
}

static void *waits(void *argument)
{
    struct iovec vector = {argument, 1};
    readv(*(int *)argument, &vector, 1);
    return NULL;
}

/* A wrapper is the cancellation point that libc's function is. */
static void cancellation(void)
{
    pthread_t thread;
    void *result;
    int ends[2];
    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, waits, ends) == 0);
    CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
}

int main(void)
{
    vectors();
    messages();
    requests();
    ranges();
    sentinels();
    addresses();
    cancellation();
    return 0;
}
