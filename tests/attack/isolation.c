/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attacks on what SafeStack and the runtime keep apart: return addresses, frames of other
 * threads, signal frames, the runtime's own tables, the stack guards.
 */
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "attack.h"
#include "memsentry-runtime.h"
#include "memsentry/layout.h"

/* Where control must not come. Entered behind its prologue, which keeps the stack aligned. */
#define WIN ((uint64_t)win + 4)

__attribute__((noinline, used)) static void win(void)
{
    static const char word[] = "win\n";
    (void)!write(1, word, 4);
    _exit(42);
}

/* The slot of the return address of the function that calls this. */
#define RETURN_SLOT ((uint64_t *)((char *)frame_pointer() + 8))

static inline __attribute__((always_inline)) void *frame_pointer(void)
{
    void *pointer;
    __asm__ volatile("mov %%rbp, %0" : "=r"(pointer));
    return pointer;
}

/* The bug: a pointer and a value that an attacker chooses. */
__attribute__((noinline)) static void corrupted_store(uint64_t *target, uint64_t value)
{
    *CORRUPTED(target) = value;
}

__attribute__((noinline)) static int own_return_address(void)
{
    corrupted_store(RETURN_SLOT, WIN);
    return 1;
}

__attribute__((noinline)) static void fill(uint64_t *buffer, int length)
{
    for (int i = 0; i < length; i++)
        buffer[i] = WIN;
}

__attribute__((noinline)) static int linear_overflow(void)
{
    uint64_t buffer[8];
    fill(buffer, CORRUPTED(14));
    return (int)buffer[0];
}

static uint64_t *volatile slot_of_waiter;
static volatile int go;

__attribute__((noinline)) static int waits(void)
{
    slot_of_waiter = RETURN_SLOT;
    while (!go)
        ;
    return 1;
}

static void *waiter(void *argument)
{
    waits();
    return argument;
}

static int other_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    while (slot_of_waiter == NULL)
        ;
    corrupted_store(slot_of_waiter, WIN);
    go = 1;
    pthread_join(thread, NULL);
    return 1;
}

/* Executable segment that an address lies in. */
struct segment {
    uint64_t inside, start, end;
};

static int find_segment(struct dl_phdr_info *info, size_t size, void *closure)
{
    struct segment *segment = closure;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uint64_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        uint64_t end = start + info->dlpi_phdr[i].p_memsz;
        if (segment->inside >= start && segment->inside < end &&
            (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
            segment->start = start;
            segment->end = end;
        }
    }
    return 0;
}

/* Every return address into libc on the stack that libc gave to the thread. */
static void *overwrites_native_stack(void *argument)
{
    uint64_t local = 0;
    pthread_attr_t attributes;
    void *start;
    size_t size;
    struct segment libc = {.inside = (uint64_t)pthread_exit};
    __asm__ volatile("" : : "r"(&local) : "memory");
    dl_iterate_phdr(find_segment, &libc);
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &start, &size);
    for (uint64_t *at = &local; at < (uint64_t *)((char *)start + size) - 512; at++)
        if (*at >= libc.start && *at < libc.end)
            attacker_writes(at, WIN);
    return argument;
}

static int native_stack(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, overwrites_native_stack, NULL);
    pthread_join(thread, NULL);
    return 1;
}

static int in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        own_return_address();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        raise(WTERMSIG(status));
    return WEXITSTATUS(status) == 42 ? (win(), 1) : 1;
}

static void edits_context(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (greg_t)WIN;
}

/* The context that a handler sees lies in memory that a concurrent attacker writes. */
static int signal_context(void)
{
    sigaction(SIGUSR1,
              &(struct sigaction){.sa_sigaction = edits_context, .sa_flags = SA_SIGINFO}, NULL);
    raise(SIGUSR1);
    return 1;
}

static int runtime_configuration(void)
{
    corrupted_store((uint64_t *)MEMSENTRY_CONTROL_START, 1);
    return 1;
}

static int runtime_tables(void)
{
    corrupted_store((uint64_t *)(MEMSENTRY_CONTROL_START + 65536), 1);
    return 1;
}

__attribute__((noinline)) static int recurse(volatile int depth)
{
    volatile int here = depth;
    return recurse(depth + 1) + here;
}

static int safe_stack_overflow(void)
{
    return recurse(0);
}

static int null_pointer(void)
{
    *CORRUPTED((char *)NULL) = 1;
    return 1;
}

static int free_twice(void)
{
    void *region = saferegion_alloc(100);
    saferegion_free(region);
    saferegion_free(region);
    return 1;
}

static int free_foreign(void)
{
    saferegion_free((char *)saferegion_alloc(5000) + 16);
    return 1;
}

static int region_guard(void)
{
    /* Trusted code may reach the region, and no further. */
    volatile char *region = saferegion_alloc_named(4096, "short");
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "movb $1, (%0)" : : "r"(region + 4096) : "memory");
    return 1;
}

/* A handler may jump on after a report: the next attack is reported too. */
static sigjmp_buf back;

static void survives(int number)
{
    siglongjmp(back, number);
}

static int own_handler(void)
{
    signal(SIGSEGV, survives);
    for (volatile int i = 0; i < 2; i++)
        if (sigsetjmp(back, 1) == 0)
            own_return_address();
    signal(SIGSEGV, SIG_DFL);
    own_return_address();
    return 1;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*attack)(void);
    } attacks[] = {
        {"own_return_address", own_return_address},
        {"linear_overflow", linear_overflow},
        {"other_thread", other_thread},
        {"native_stack", native_stack},
        {"in_child", in_child},
        {"signal_context", signal_context},
        {"runtime_configuration", runtime_configuration},
        {"runtime_tables", runtime_tables},
        {"safe_stack_overflow", safe_stack_overflow},
        {"null_pointer", null_pointer},
        {"free_twice", free_twice},
        {"free_foreign", free_foreign},
        {"region_guard", region_guard},
        {"own_handler", own_handler},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (count == 2 && strcmp(arguments[1], attacks[i].name) == 0) {
            attacks[i].attack();
            puts("survived");
            return 0;
        }
    return count == 1 ? 0 : 2;
}
