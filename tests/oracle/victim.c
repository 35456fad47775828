/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A process to be corrupted: canaries in the lower half, a parked thread, one workload. It
 * tells the oracle where everything is, stops itself, and works until it ends or is ended.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memsentry-runtime.h"
#include "victim.h"

/* Long enough to be met by writes that race with it: some milliseconds. */
#define WORK_CYCLES 6000000
#define POOL_SIZE 32768

static struct victim self;
static char *pool;
static size_t pool_used;
static uint32_t state = 1;

void *oracle_allocate(size_t size)
{
    void *found = pool + pool_used;
    pool_used += (size + 15) & -(size_t)16;
    if (pool_used > POOL_SIZE)
        abort();
    return found;
}

uint32_t oracle_random(void)
{
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

MEMSENTRY_NO_SANITIZE static void fill(char *region, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = ORACLE_PATTERN + i;
        memcpy(region + i, &word, 8);
    }
}

/*
 * Not __builtin_frame_address(), which SafeStack turns to the unsafe stack; nor a function,
 * which is not inlined where it is exempt.
 */
#define STACK_POINTER                                                                          \
    __extension__({                                                                            \
        uint64_t pointer;                                                                      \
        __asm__ volatile("movq %%rsp, %0" : "=r"(pointer));                                    \
        pointer;                                                                               \
    })

static void keep(int index, void *start, size_t size)
{
    self.kept[index].start = (uint64_t)start;
    self.kept[index].end = (uint64_t)start + size;
}

static void *park(void *closure)
{
    (void)closure;
    /* All but the pointer to itself, by which instrumented code takes addresses of variables.
     */
    keep(0, (char *)pthread_self() + 8, 8192);
    self.parked_frame = STACK_POINTER;
    __atomic_store_n(&self.parked, (int32_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    for (;;)
        pause();
}

static void make_canaries(void)
{
    static const char *const names[ORACLE_CANARIES] = {"canary-0", "canary-1", "canary-2",
                                                       "canary-3"};
    for (int i = 0; i < ORACLE_CANARIES; i++) {
        const size_t size = (size_t)4096 << (2 * i);
        char *region = saferegion_alloc_named(size, names[i]);
        if (region == NULL)
            abort();
        self.canaries[i].start = (uint64_t)region;
        self.canaries[i].end = (uint64_t)region + size;
        /* The last stays untouched: a page that appears in it is a change as well. */
        if (i < ORACLE_CANARIES - 1)
            fill(region, size);
    }
}

static const struct workload *find(const char *name)
{
    static const struct workload *const all[] = {oracle_structures, oracle_memory,
                                                 oracle_control, oracle_templates};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (const struct workload *workload = all[i]; workload->name != NULL; workload++) {
            if (name == NULL)
                puts(workload->name);
            else if (strcmp(workload->name, name) == 0)
                return workload;
        }
    }
    return NULL;
}

static void introduce(uint64_t frame)
{
    char *block = (char *)pthread_self();
    keep(1, block + 8, 8192);
    self.frame = frame;
    self.unsafe_stack = (uint64_t)__builtin___get_unsafe_stack_ptr();
    self.thread_block = (uint64_t)block;
    if (write(ORACLE_PIPE, &self, sizeof self) != sizeof self)
        abort();
    raise(SIGSTOP);
}

/* In a frame of its own: that of main does not change while it works. */
__attribute__((noinline)) static void work(const struct workload *workload)
{
    const uint64_t start = __builtin_ia32_rdtsc();
    while (__builtin_ia32_rdtsc() - start < WORK_CYCLES)
        workload->step();
    /* Not exit(): what it runs is found in ordinary memory, by libc. */
    _exit(0);
}

int main(int argc, char **argv)
{
    const struct workload *workload = find(argc > 1 ? argv[1] : NULL);
    pthread_t thread;
    if (workload == NULL)
        return argc > 1;
    make_canaries();
    pool = malloc(POOL_SIZE);
    if (pool == NULL || pthread_create(&thread, NULL, park, NULL) != 0)
        return 1;
    while (__atomic_load_n(&self.parked, __ATOMIC_ACQUIRE) == 0)
        usleep(10);
    memset(pool, 0, POOL_SIZE);
    workload->prepare();
    introduce(STACK_POINTER);
    work(workload);
}
