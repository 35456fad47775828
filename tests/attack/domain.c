/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attacks on a region that a domain backend keeps, and what has to work beside them: threads,
 * signals, fork, and the calls that could take the protection away.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memsentry-runtime.h"
#include "memsentry/layout.h"

#define SECRET 0x5ec7e7

static int *secret;

MEMSENTRY_SAFE static void put(volatile int *target, int value)
{
    *target = value;
}

MEMSENTRY_SAFE static int get(const int *source)
{
    return *source;
}

/* The bug: a pointer that an attacker chooses. */
__attribute__((noinline)) static int corrupted_read(const volatile int *source)
{
    return *source;
}

__attribute__((noinline)) static void corrupted_write(volatile int *target)
{
    *target = 1;
}

/* Returns where the attack is one that must not get this far. */
static void say(const char *what, int works)
{
    printf("%s %s\n", what, works ? "works" : "does not work");
    fflush(stdout);
}

static void reads(void)
{
    say("read", corrupted_read(secret) == SECRET);
}

static void writes(void)
{
    corrupted_write(secret);
    say("write", get(secret) == 1);
}

/* Whoever copies what lies in a region to another place there has to have the right to read it.
 */
static void moves(void)
{
    volatile int *from = secret, *to = secret + 16;
    for (int i = 0; i < 4; i++)
        to[i] = from[i];
    say("move", get(secret + 16) == SECRET);
}

/* What lay in a place before comes back. */
static void replays(void)
{
    volatile int *place = secret;
    int before[4];
    for (int i = 0; i < 4; i++)
        before[i] = place[i];
    put(secret, 1);
    for (int i = 0; i < 4; i++)
        place[i] = before[i];
    say("replay", get(secret) == SECRET);
}

/* Where there is AVX-512, libc has code for this that uses all of its registers. */
static void ignores_case(void)
{
    static const char *volatile one = "Some letters", *volatile other = "sOME LETTERS";
    say("strcasecmp", strcasecmp(one, other) == 0 && get(secret) == SECRET);
}

extern void test_lose_keys(void) __attribute__((weak));

static void loses_key(void)
{
    if (test_lose_keys != NULL)
        test_lose_keys();
    else
        __asm__ volatile(MEMSENTRY_REVIEWED_ASM "vpxord %zmm28, %zmm28, %zmm28");
    say("access without the key", get(secret) == SECRET);
}

static void guard(void)
{
    say("read of the guard", corrupted_read(secret + 1024) == 0);
}

static void tables(void)
{
    corrupted_write((int *)(MEMSENTRY_CONTROL_START + 65536));
    say("write to the tables", 1);
}

static void configuration(void)
{
    corrupted_write((int *)MEMSENTRY_CONTROL_START);
    say("write to the configuration", 1);
}

static void trusted(void)
{
    put(secret, 5);
    say("trusted access", get(secret) == 5);
}

static void *thread(void *write)
{
    if (get(secret) == SECRET)
        say("trusted access in a thread", 1);
    if (write != NULL)
        corrupted_write(secret);
    else
        corrupted_read(secret);
    return NULL;
}

static void in_thread(void)
{
    pthread_t id;
    pthread_create(&id, NULL, thread, secret);
    pthread_join(id, NULL);
    say("write in a thread", 1);
}

static volatile int in_handler_value;

static void handler(int number)
{
    (void)number;
    in_handler_value = get(secret);
    say("trusted access in a handler", in_handler_value == SECRET);
    corrupted_write(secret);
    say("write in a handler", 1);
}

static void in_handler(void)
{
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
}

/* Modes that confine writes only: code that is not instrumented reads in handlers, too. */
static void reading_handler(int number)
{
    (void)number;
    say("read in a handler", corrupted_read(secret) == SECRET);
}

static void reads_in_handler(void)
{
    signal(SIGUSR1, reading_handler);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    say("default action", now.sa_handler == SIG_DFL);
}

static sigjmp_buf back;

static void leaves(int number)
{
    siglongjmp(back, number);
}

static void after_longjmp(void)
{
    signal(SIGUSR1, leaves);
    if (sigsetjmp(back, 1) == 0)
        raise(SIGUSR1);
    corrupted_write(secret);
    say("write after siglongjmp", 1);
}

static void in_child(void)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        say("trusted access in a child", get(secret) == SECRET);
        saferegion_free(saferegion_alloc(5));
        corrupted_write(secret);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        raise(WTERMSIG(status));
}

static void *page(void)
{
    return (void *)((uint64_t)secret & -4096);
}

/* Each has to fail, and the region to be what it was. */
static void mappings(void)
{
    say("mprotect", mprotect(page(), 4096, PROT_READ | PROT_WRITE) == 0);
    say("pkey_mprotect", pkey_mprotect(page(), 4096, PROT_READ | PROT_WRITE, 0) == 0);
    say("munmap", munmap(page(), 4096) == 0);
    say("madvise", madvise(page(), 4096, MADV_DONTNEED) == 0);
    say("mremap", mremap(page(), 4096, 8192, MREMAP_MAYMOVE) != MAP_FAILED);
    say("mmap", mmap(page(), 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
    say("mapping of its own",
        mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    say("trusted access", get(secret) == SECRET);
}

/* What the runtime stands before is worth standing before. */
static void bare_calls(void)
{
    syscall(SYS_madvise, page(), 4096, MADV_DONTNEED);
    say("madvise by its number", get(secret) == 0);
}

static void keys(void)
{
    errno = 0;
    const int key = pkey_alloc(0, 0);
    say("pkey_alloc", key > 0);
    if (key < 0)
        say("the errno of none left", errno == ENOSPC);
    say("pkey_free", pkey_free(1) == 0);
    say("pkey_set", pkey_set(1, 0) == 0);
    corrupted_write(secret);
    say("write", 1);
}

/* The kernel, in the same thread, has the same rights. */
static void kernel_reads(void)
{
    int ends[2];
    (void)!pipe(ends);
    say("write(2) of the region", write(ends[1], secret, 4) == 4);
}

/* A name is read before the domain is open. */
static void name(void)
{
    (void)!saferegion_alloc_named(8, (const char *)secret);
    say("a region as a name", 1);
}

extern void __memsentry_gate_trap(void);

static void gate(void)
{
    __memsentry_gate_trap();
}

static void heap_block(void)
{
    saferegion_heap *heap = saferegion_heap_create(4096, "blocks");
    int *block = saferegion_heap_malloc(heap, 4);
    put(block, 3);
    say("trusted access", get(block) == 3);
    corrupted_write(block);
    say("write to a block", 1);
}

/* The program uses keys itself: gates keep its rights, and it gets none of ours. */
static void own_key(void)
{
    const int key = pkey_alloc(0, PKEY_DISABLE_WRITE);
    say("pkey_alloc", key > 0);
    volatile int *own =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("pkey_mprotect", pkey_mprotect((void *)own, 4096, PROT_READ | PROT_WRITE, key) == 0);
    say("pkey_mprotect with the key of the regions",
        pkey_mprotect((void *)own, 4096, PROT_READ | PROT_WRITE, 1) == 0);
    put(secret, 6);
    saferegion_free(saferegion_alloc(8));
    say("the key's rights", pkey_get(key) == PKEY_DISABLE_WRITE);
    pkey_set(key, 0);
    put(secret, 7);
    saferegion_free(saferegion_alloc(8));
    *own = 3;
    say("write with an own key", *own == 3);
    say("pkey_free", pkey_free(key) == 0);
    corrupted_write(secret);
}

/* Before the runtime: another library that likes protection keys, by its system calls. */
static void takes_keys(int count, char **arguments)
{
    if (count != 2 || strncmp(arguments[1], "taken_", 6) != 0)
        return;
    for (int i = strcmp(arguments[1], "taken_one") == 0 ? 1 : 20; i > 0; i--)
        (void)!syscall(SYS_pkey_alloc, 0, 0);
}

__attribute__((section(".preinit_array"),
               used)) static void (*const before)(int, char **) = takes_keys;

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*attack)(void);
    } attacks[] = {
        {"reads", reads},
        {"writes", writes},
        {"moves", moves},
        {"replays", replays},
        {"loses_key", loses_key},
        {"ignores_case", ignores_case},
        {"guard", guard},
        {"tables", tables},
        {"configuration", configuration},
        {"trusted", trusted},
        {"in_thread", in_thread},
        {"in_handler", in_handler},
        {"reads_in_handler", reads_in_handler},
        {"after_longjmp", after_longjmp},
        {"in_child", in_child},
        {"mappings", mappings},
        {"bare_calls", bare_calls},
        {"keys", keys},
        {"kernel_reads", kernel_reads},
        {"name", name},
        {"gate", gate},
        {"heap_block", heap_block},
        {"own_key", own_key},
    };
    secret = saferegion_alloc_named(sizeof *secret, "secret");
    put(secret, SECRET);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (count == 2 && strcmp(arguments[1], attacks[i].name) == 0) {
            attacks[i].attack();
            return 0;
        }
    return 2;
}
