/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One function for each way that libc or the kernel can be made to write to memory for the
 * program, let loose on a safe region.
 */
#include <aio.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "region.h"

static char source[4096];

static void fill_pipe(int ends[2])
{
    memset(source, 0x41, sizeof source);
    source[100] = '\n';
    if (pipe(ends) != 0 || write(ends[1], source, 200) != 200)
        exit(3);
}

static void call_read(char *target)
{
    int ends[2];
    fill_pipe(ends);
    (void)!read(ends[0], target, 64);
}

static void call_recv(char *target)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || write(ends[1], "AAAAAAAA", 8) != 8)
        exit(3);
    (void)!recv(ends[0], target, 8, 0);
}

static void call_fgets(char *target)
{
    int ends[2];
    fill_pipe(ends);
    (void)!fgets(target, 64, fdopen(ends[0], "r"));
}

static void call_fread(char *target)
{
    int ends[2];
    fill_pipe(ends);
    (void)!fread(target, 1, 64, fdopen(ends[0], "r"));
}

static void call_strcpy(char *target)
{
    memset(source, 0x41, 64);
    strcpy(target, CORRUPTED((char *)source));
}

static void call_snprintf(char *target)
{
    snprintf(target, 64, CORRUPTED((const char *)"%s.%d"), "AAAAAAAA", 7);
}

static void call_sigaction(char *target)
{
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    sigaction(SIGUSR1, NULL, (struct sigaction *)target);
}

static void *nothing(void *argument)
{
    return argument;
}

static void call_pthread_create(char *target)
{
    if (pthread_create((pthread_t *)target, NULL, nothing, NULL) != 0)
        exit(3);
}

static void call_timer_create(char *target)
{
    /* The number of the second timer is not 0. */
    timer_t timer;
    timer_create(CLOCK_MONOTONIC, NULL, &timer);
    timer_create(CLOCK_MONOTONIC, NULL, (timer_t *)target);
}

static void call_scanf(char *target)
{
    sscanf("AAAA", "%s", target);
}

static void call_printf_n(char *target)
{
    printf(CORRUPTED((const char *)"AAAAAAAA%n\n"), target);
}

static void call_strtol(char *target)
{
    strtol("12", (char **)target, 10);
}

static void call_stat(char *target)
{
    stat("/", (struct stat *)target);
}

static void call_sigfillset(char *target)
{
    sigfillset((sigset_t *)target);
}

static void call_getsockname(char *target)
{
    int ends[2];
    struct sockaddr_storage name;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        exit(3);
    *(volatile socklen_t *)source = sizeof name;
    getsockname(ends[0], (struct sockaddr *)target, (socklen_t *)source);
}

static void call_mutex_init(char *target)
{
    pthread_mutex_init((pthread_mutex_t *)target, NULL);
}

/* Nested pointers. */
static struct iovec vector[2];

static int full_pipe(char *target)
{
    int ends[2];
    fill_pipe(ends);
    vector[0] = (struct iovec){source, 8};
    vector[1] = (struct iovec){target, 64};
    return ends[0];
}

static void nested_readv(char *target)
{
    int from = full_pipe(target);
    (void)!readv(from, vector, 2);
}

static void nested_preadv(char *target)
{
    vector[0] = (struct iovec){target, 64};
    int file = memfd_create("attack", 0);
    if (write(file, source, 200) != 200)
        exit(3);
    (void)!preadv(file, vector, 1, 0);
}

static void nested_vmsplice(char *target)
{
    (void)!vmsplice(full_pipe(target), vector, 2, 0);
}

static int full_socket(void)
{
    int ends[2];
    memset(source, 0x41, 64);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0 || write(ends[1], source, 64) != 64)
        exit(3);
    return ends[0];
}

static void nested_recvmsg(char *target)
{
    vector[0] = (struct iovec){target, 64};
    struct msghdr message = {.msg_iov = vector, .msg_iovlen = 1};
    recvmsg(full_socket(), &message, 0);
}

static void nested_recvmsg_control(char *target)
{
    int ends[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0 || write(ends[1], "A", 1) != 1)
        exit(3);
    setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    vector[0] = (struct iovec){source, 64};
    struct msghdr message = {
        .msg_iov = vector, .msg_iovlen = 1, .msg_control = target, .msg_controllen = 64};
    recvmsg(ends[0], &message, 0);
}

static void nested_recvmmsg(char *target)
{
    vector[0] = (struct iovec){target, 64};
    struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = vector, .msg_iovlen = 1}}};
    recvmmsg(full_socket(), messages, 1, 0, NULL);
}

static void nested_process_vm_local(char *target)
{
    struct iovec remote = {source, 64};
    vector[0] = (struct iovec){target, 64};
    memset(source, 0x41, 64);
    process_vm_readv(getpid(), vector, 1, &remote, 1, 0);
}

static void nested_process_vm_remote(char *target)
{
    struct iovec remote = {target, 64};
    vector[0] = (struct iovec){source, 64};
    memset(source, 0x41, 64);
    process_vm_writev(getpid(), vector, 1, &remote, 1, 0);
}

static void nested_aio(char *target)
{
    int ends[2];
    fill_pipe(ends);
    struct aiocb block = {.aio_fildes = ends[0], .aio_buf = target, .aio_nbytes = 64};
    const struct aiocb *list[] = {&block};
    aio_read(&block);
    aio_suspend(list, 1, NULL);
}

/* What another argument decides. */
static void ioctl_size(char *target)
{
    int ends[2];
    fill_pipe(ends);
    ioctl(ends[0], FIONREAD, target);
}

static void ioctl_nested(char *target)
{
    struct ifconf list = {.ifc_len = 64, .ifc_buf = target};
    ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFCONF, &list);
}

static void fcntl_lock(char *target)
{
    /* The owner of a lock: the group and the number, as they are set. */
    int ends[2];
    fill_pipe(ends);
    fcntl(ends[0], F_GETOWN_EX, target);
}

static void prctl_name(char *target)
{
    prctl(PR_GET_NAME, target);
}

static void syscall_read(char *target)
{
    int ends[2];
    fill_pipe(ends);
    syscall(SYS_read, ends[0], target, 64);
}

static void syscall_readv(char *target)
{
    int from = full_pipe(target);
    syscall(SYS_readv, from, vector, 2);
}

static void syscall_ioctl(char *target)
{
    int ends[2];
    fill_pipe(ends);
    syscall(SYS_ioctl, ends[0], FIONREAD, target);
}

/* What is mapped there. */
static char *page_of(char *target)
{
    return (char *)((uintptr_t)target & ~(uintptr_t)4095);
}

static void range_madvise(char *target)
{
    madvise(page_of(target), 4096, MADV_DONTNEED);
}

static void range_mmap(char *target)
{
    mmap(page_of(target), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
         -1, 0);
}

static void range_mprotect(char *target)
{
    mprotect(page_of(target), 4096, PROT_READ);
}

static void range_mremap(char *target)
{
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mremap(page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, page_of(target));
}

static void range_munmap(char *target)
{
    munmap(page_of(target), 4096);
}

/* By an address: from code, from initial values, without a fixed number of arguments. */
static void pointer_memset(char *target)
{
    void *(*volatile function)(void *, int, size_t) = memset;
    function(target, 0x41, 100);
}

static const struct {
    ssize_t (*volatile read)(int, void *, size_t);
    ssize_t (*volatile readv)(int, const struct iovec *, int);
    int (*volatile ioctl)(int, unsigned long, ...);
} table = {read, readv, ioctl};

static void pointer_table(char *target)
{
    int ends[2];
    fill_pipe(ends);
    (void)!table.read(ends[0], target, 64);
}

static void pointer_nested(char *target)
{
    int from = full_pipe(target);
    (void)!table.readv(from, vector, 2);
}

static void pointer_variadic(char *target)
{
    int ends[2];
    fill_pipe(ends);
    table.ioctl(ends[0], FIONREAD, target);
}

static void pointer_snprintf(char *target)
{
    int (*volatile function)(char *, size_t, const char *, ...) = snprintf;
    function(target, 64, "%s.%d", "AAAAAAAA", 7);
}

/* A second thread that changes the vector while the call is under way. */
static void *flips_vector(void *target)
{
    for (;;) {
        *(void *volatile *)&vector[0].iov_base = target;
        *(void *volatile *)&vector[0].iov_base = source;
    }
    return NULL;
}

static int outlives(void *argument)
{
    /* Another process that has the same memory, and looks at it when we are gone. */
    char byte;
    int *ends = argument;
    syscall(SYS_close, ends[1]);
    while (syscall(SYS_read, ends[0], &byte, 1) > 0)
        ;
    const char *state = state_of_region();
    syscall(SYS_write, STDOUT_FILENO, state, strlen(state));
    syscall(SYS_write, STDOUT_FILENO, "\n", 1);
    syscall(SYS_exit, 0);
    return 0;
}

static void race_readv(char *target)
{
    static char stack[65536];
    int ends[2], null = open("/dev/zero", O_RDONLY);
    pthread_t thread;
    prctl(PR_SET_DUMPABLE, 0); /* a core dump would end the other process, too */
    vector[0] = (struct iovec){source, 64};
    if (pipe(ends) != 0 || clone(outlives, stack + sizeof stack, CLONE_VM, ends) < 0 ||
        pthread_create(&thread, NULL, flips_vector, target) != 0)
        exit(3);
    while (*(void *volatile *)&vector[0].iov_base != target)
        continue;
    for (int i = 0; i < 50000; i++)
        (void)!readv(null, vector, 1);
    close(ends[1]);
    usleep(200000);
    _exit(0);
}

static const struct primitive calls[] = {
#define PRIMITIVE(name, blocked_by, offset) {#name, name},
#include "calls.def"
};

int main(int count, char **arguments)
{
    return attack(calls, sizeof calls / sizeof *calls, count, arguments);
}
