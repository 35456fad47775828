/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls whose arguments are what another one says; see calls.h. */
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>

#include "calls.h"
#include "internal.h"

/* A list of the network interfaces goes to a buffer that the argument points to. */
static int list_interfaces(const struct caller *caller, int file, struct ifconf *list)
{
    const volatile struct ifconf *from = list;
    struct ifconf copy;
    call_check_pointer(caller, CALL_ANY, list, sizeof *list);
    copy.ifc_len = from->ifc_len;
    copy.ifc_buf = from->ifc_buf;
    call_check_pointer(caller, CALL_WRITE, copy.ifc_buf,
                       copy.ifc_len > 0 ? (uint64_t)copy.ifc_len : 0);
    int result = ioctl(file, SIOCGIFCONF, &copy);
    if (result == 0)
        list->ifc_len = copy.ifc_len;
    return result;
}

/* More about one interface, in a block of which only its kind knows the size. */
static int ask_interface(const struct caller *caller, int file, unsigned long request,
                         struct ifreq *interface)
{
    struct ifreq copy;
    call_check_pointer(caller, CALL_ANY, interface, sizeof *interface);
    memcpy(&copy, interface, sizeof copy);
    /* The copy is what is checked, whatever the compiler thinks of the two. */
    __asm__ volatile("" : "+m"(copy));
    call_check_pointer(caller, CALL_ANY, copy.ifr_data, MEMSENTRY_MIB);
    int result = ioctl(file, request, &copy);
    /* Some private requests answer in the structure itself. */
    memcpy(interface, &copy, sizeof copy);
    return result;
}

static bool asks_interface(unsigned long request)
{
    return request == SIOCETHTOOL || request == SIOCSHWTSTAMP || request == SIOCGHWTSTAMP ||
           (request >= SIOCDEVPRIVATE && request < SIOCDEVPRIVATE + 16);
}

/*
 * What is not listed by number says by it what the kernel does; older numbers say nothing, and
 * their arguments are checked as if anything were done. A number that lies where nothing of
 * ours can be passes.
 */
static void check_request(const struct caller *caller, unsigned long request, uint64_t argument)
{
    unsigned access = CALL_ANY;
    uint64_t size = _IOC_SIZE(request);
    if (size != 0 && _IOC_DIR(request) != _IOC_NONE)
        access = ((_IOC_DIR(request) & _IOC_READ) != 0 ? CALL_WRITE : 0) |
                 ((_IOC_DIR(request) & _IOC_WRITE) != 0 ? CALL_READ : 0);
    switch (request) {
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TIOCSWINSZ:
    case TIOCSPGRP:
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
    case TIOCSTI:
    case TIOCSETD:
    case FIONBIO:
    case FIOASYNC:
        access = CALL_READ;
    }
    call_check(caller, access, argument, size != 0 ? size : 1);
}

int ioctl_in(const struct caller *caller, int file, unsigned long request, void *argument)
{
    request = (unsigned)request;
    if (argument != NULL && request == SIOCGIFCONF)
        return list_interfaces(caller, file, argument);
    if (argument != NULL && asks_interface(request))
        return ask_interface(caller, file, request, argument);
    check_request(caller, request, (uint64_t)argument);
    return ioctl(file, request, argument);
}

static void check_command(const struct caller *caller, int command, const void *argument)
{
    switch (command) {
    case F_GETLK:
    case F_OFD_GETLK:
        call_check_pointer(caller, CALL_ANY, argument, sizeof(struct flock));
        break;
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        call_check_pointer(caller, CALL_READ, argument, sizeof(struct flock));
        break;
    case F_GETOWN_EX:
    case 17: /* F_GETOWNER_UIDS */
    case F_GET_RW_HINT:
    case F_GET_FILE_RW_HINT:
        call_check_pointer(caller, CALL_WRITE, argument, 8);
        break;
    case F_SETOWN_EX:
    case F_SET_RW_HINT:
    case F_SET_FILE_RW_HINT:
        call_check_pointer(caller, CALL_READ, argument, 8);
        break;
    default: /* numbers only */
        break;
    }
}

int fcntl_in(const struct caller *caller, int file, int command, void *argument)
{
    check_command(caller, command, argument);
    return fcntl(file, command, argument);
}

/* By its own name: a program may have put a function of its own in the place of one of them. */
static int fcntl64_in(const struct caller *caller, int file, int command, void *argument)
{
    check_command(caller, command, argument);
    return fcntl64(file, command, argument);
}

int prctl_in(const struct caller *caller, int option, unsigned long a, unsigned long b,
             unsigned long c, unsigned long d)
{
    switch (option) {
    case PR_SET_NAME:
        call_check(caller, CALL_READ, a, 16);
        break;
    case PR_SET_SECCOMP:
        call_check(caller, CALL_READ, b, 16);
        break;
    case PR_SET_VMA: /* names a range; nothing in it changes */
        call_check(caller, CALL_READ, d, 1);
        break;
    case PR_SET_SYSCALL_USER_DISPATCH:
        call_check(caller, CALL_READ, d, 1);
        break;
    default:
        call_check(caller, CALL_ANY, a, 1);
        call_check(caller, CALL_ANY, b, 1);
        call_check(caller, CALL_ANY, c, 1);
        call_check(caller, CALL_ANY, d, 1);
    }
    return prctl(option, a, b, c, d);
}

/* What is poked into another process, and where, are numbers. */
static void check_trace(const struct caller *caller, int request, void *address, void *data)
{
    switch (request) {
    case PTRACE_PEEKTEXT:
    case PTRACE_PEEKDATA:
    case PTRACE_PEEKUSER:
    case PTRACE_POKETEXT:
    case PTRACE_POKEDATA:
    case PTRACE_POKEUSER:
        break;
    case PTRACE_SETREGS:
    case PTRACE_SETFPREGS:
    case PTRACE_SETSIGINFO:
    case PTRACE_SETSIGMASK:
        call_check_pointer(caller, CALL_READ, data, 1);
        break;
    case PTRACE_PEEKSIGINFO:
        call_check_pointer(caller, CALL_READ, address, 1);
        call_check_pointer(caller, CALL_WRITE, data, 1);
        break;
    default:
        call_check_pointer(caller, CALL_ANY, data, 1);
    }
}

static long ptrace_in(const struct caller *caller, int request, pid_t process, void *address,
                      void *data)
{
    struct iovec copy;
    check_trace(caller, request, address, data);
    if ((request != PTRACE_GETREGSET && request != PTRACE_SETREGSET) || data == NULL)
        return ptrace((enum __ptrace_request)request, process, address, data);
    const bool in = request == PTRACE_GETREGSET;
    call_vector(caller, in ? CALL_WRITE : CALL_READ, data, 1, &copy);
    long result = ptrace((enum __ptrace_request)request, process, address, &copy);
    if (result == 0) {
        call_check_pointer(caller, CALL_WRITE, data, sizeof copy);
        ((struct iovec *)data)->iov_len = copy.iov_len;
    }
    return result;
}

static int semctl_in(const struct caller *caller, int set, int number, int command,
                     void *argument)
{
    if (command == IPC_SET || command == SETALL)
        call_check_pointer(caller, CALL_READ, argument, 1);
    else
        call_check_pointer(caller, CALL_ANY, argument, 1);
    return semctl(set, number, command, argument);
}

CALL_RW(int, ioctl, (int file, unsigned long request, void *argument),
        (file, request, argument))
CALL_RW(int, fcntl, (int file, int command, void *argument), (file, command, argument))
CALL_RW(int, fcntl64, (int file, int command, void *argument), (file, command, argument))
CALL_RW(int, prctl,
        (int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d),
        (option, a, b, c, d))
CALL_RW(long, ptrace, (int request, pid_t process, void *address, void *data),
        (request, process, address, data))
CALL_RW(int, semctl, (int set, int number, int command, void *argument),
        (set, number, command, argument))
