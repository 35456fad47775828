/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * malloc and its relatives: where blocks lie, what they hold, what C and POSIX promise, threads
 * and fork, and the reports of what must not be freed.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { LIVE = 3000, STEPS = 300000 };

/* What the optimiser must not know: that a block is a new one, and that nobody looks at it. */
static void *opaque(void *pointer)
{
    __asm__ volatile("" : "+r"(pointer) : : "memory");
    return pointer;
}

static int in_heap(const void *pointer)
{
    return (uint64_t)pointer >= MEMSENTRY_HEAP_START && (uint64_t)pointer < MEMSENTRY_HEAP_END;
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static size_t random_size(uint32_t *state)
{
    static const size_t limits[] = {64, 512, 512, 512, 4096, 4096, 65536, 3 << 20};
    const size_t limit = limits[next(state) % 8];
    /* The largest are rare: touching them takes time. */
    if (limit == 3 << 20 && next(state) % 64 != 0)
        return 100;
    return next(state) % limit;
}

struct block {
    unsigned char *start;
    size_t size;
    unsigned char mark;
};

static void put_mark(struct block *block, unsigned char mark)
{
    block->mark = mark;
    if (block->size == 0)
        return;
    /* Both ends tell of overlaps; small ones are filled. */
    if (block->size <= 512)
        memset(block->start, mark, block->size);
    block->start[0] = block->start[block->size - 1] = mark;
    block->start[block->size / 2] = mark;
}

static void check_mark(const struct block *block, size_t size)
{
    const size_t filled = block->size <= 512 ? size : 1;
    for (size_t i = 0; i < filled && i < size; i++)
        CHECK(block->start[i] == block->mark);
    if (size == block->size && size != 0)
        CHECK(block->start[size - 1] == block->mark && block->start[size / 2] == block->mark);
}

static void get_block(struct block *block, uint32_t *state)
{
    static const size_t alignments[] = {16, 32, 64, 256, 4096, 8192, 65536, 1 << 21};
    size_t alignment = 16;
    block->size = random_size(state);
    if (next(state) % 16 == 0) {
        void *start;
        alignment = alignments[next(state) % 8];
        CHECK(posix_memalign(&start, alignment, block->size) == 0);
        block->start = start;
    } else if (next(state) % 4 == 0) {
        CHECK((block->start = opaque(calloc(1, block->size))) != NULL);
        for (size_t i = 0; i < block->size && i < 4096; i++)
            CHECK(block->start[i] == 0);
        CHECK(block->size == 0 || block->start[block->size - 1] == 0);
    } else {
        CHECK((block->start = opaque(malloc(block->size))) != NULL);
    }
    CHECK((uint64_t)block->start % alignment == 0);
    CHECK(in_heap(block->start));
    CHECK(malloc_usable_size(block->start) >= block->size);
    put_mark(block, (unsigned char)next(state));
}

/* Random operations; no block ever changes by another's. */
static void exercise(uint32_t seed, int steps)
{
    static _Thread_local struct block blocks[LIVE];
    uint32_t state = seed;
    memset(blocks, 0, sizeof blocks);
    for (int step = 0; step < steps; step++) {
        struct block *block = &blocks[next(&state) % LIVE];
        if (block->start == NULL) {
            get_block(block, &state);
        } else if (next(&state) % 4 == 0) {
            const struct block before = *block;
            size_t size = random_size(&state);
            size += size == 0;
            CHECK((block->start = realloc(block->start, size)) != NULL);
            check_mark(&(struct block){block->start, before.size, before.mark},
                       size < before.size ? size : before.size);
            block->size = size;
            put_mark(block, block->mark);
        } else {
            check_mark(block, block->size);
            free(block->start);
            block->start = NULL;
        }
    }
    for (int i = 0; i < LIVE; i++)
        free(blocks[i].start);
}

static void check_sizes(void)
{
    for (size_t size = 0; size <= 3 << 20; size += size < 2048 ? 1 : size / 7) {
        char *block = opaque(malloc(size));
        CHECK(block != NULL && in_heap(block) && (uint64_t)block % 16 == 0);
        CHECK(malloc_usable_size(block) >= size);
        if (size > 256 && size <= 1 << 20)
            CHECK(malloc_usable_size(block) <= size + size / 4 + 16);
        memset(block, 1, malloc_usable_size(block));
        free(block);
    }
    CHECK(malloc_usable_size(NULL) == 0);
    char *one = opaque(malloc(0)), *two = opaque(malloc(0));
    CHECK(one != NULL && two != NULL && one != two);
    free(one);
    free(two);
    CHECK((one = opaque(realloc(NULL, 10))) != NULL);
    CHECK(opaque(realloc(one, 0)) == NULL);
    free(NULL);
}

static void check_errors(void)
{
    volatile size_t huge = SIZE_MAX;
    void *block = NULL;
    errno = 0;
    CHECK(opaque(malloc(huge)) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(opaque(malloc(PTRDIFF_MAX)) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(opaque(calloc(huge / 2, 3)) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(opaque(reallocarray(NULL, huge / 2, 3)) == NULL && errno == ENOMEM);
    char *kept = opaque(malloc(100));
    kept[99] = 7;
    errno = 0;
    CHECK(opaque(realloc(kept, huge)) == NULL && errno == ENOMEM && kept[99] == 7);
    errno = EBUSY;
    free(kept);
    CHECK(errno == EBUSY);
    CHECK(posix_memalign(&block, 24, 1) == EINVAL && posix_memalign(&block, 4, 1) == EINVAL);
    CHECK(posix_memalign(&block, 64, huge - 100) == ENOMEM && block == NULL);
    errno = 0;
    CHECK(opaque(aligned_alloc(64, huge - 32)) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(opaque(pvalloc(huge)) == NULL && errno == ENOMEM);
    CHECK((uint64_t)(block = valloc(5)) % 4096 == 0);
    free(block);
    CHECK((uint64_t)(block = pvalloc(5000)) % 4096 == 0 && malloc_usable_size(block) >= 8192);
    free(block);
}

/* A limit that is reached gives NULL, and nothing is lost by it. */
static void check_exhaustion(void)
{
    pid_t child = fork();
    if (child == 0) {
        static void *blocks[100000];
        const struct rlimit limit = {1 << 20, 1 << 20};
        int count = 0;
        CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
        errno = 0;
        while (count < 100000 && (blocks[count] = opaque(malloc(32768))) != NULL)
            count++;
        CHECK(count < 100000 && errno == ENOMEM && opaque(malloc(5 << 20)) == NULL);
        while (count-- > 0)
            free(blocks[count]);
        CHECK((blocks[0] = opaque(malloc(32768))) != NULL);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void *exercise_in_thread(void *seed)
{
    exercise((uint32_t)(uintptr_t)seed, repeats(STEPS / 4));
    return NULL;
}

static void *allocate_in_thread(void *argument)
{
    free(opaque(malloc(100)));
    return argument;
}

static void *_Atomic handed[64];
static _Atomic int stop;

/* Frees what another thread has allocated, the first thing that it does. */
static void *free_in_thread(void *argument)
{
    while (!stop)
        for (int i = 0; i < 64; i++)
            free(__atomic_exchange_n((void **)&handed[i], NULL, __ATOMIC_ACQ_REL));
    return argument;
}

static void check_threads(void)
{
    pthread_t threads[4], freeing;
    uint32_t state = 5;
    stop = 0;
    CHECK(pthread_create(&freeing, NULL, free_in_thread, NULL) == 0);
    for (uintptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, exercise_in_thread, (void *)(i + 10)) == 0);
    for (int i = 0; i < repeats(200000); i++) {
        void *block = malloc(i % 1000 == 0 ? 2 << 20 : next(&state) % 2000);
        free(__atomic_exchange_n((void **)&handed[i % 64], block, __ATOMIC_ACQ_REL));
    }
    stop = 1;
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(pthread_join(freeing, NULL) == 0);
    for (int i = 0; i < 64; i++)
        free(handed[i]);
    /* Caches of threads that ended are used again. */
    for (int i = 0; i < 200; i++) {
        CHECK(pthread_create(&threads[0], NULL, allocate_in_thread, NULL) == 0);
        pthread_join(threads[0], NULL);
    }
}

static void *keep_busy(void *argument)
{
    while (!stop)
        free(opaque(malloc(100000)));
    return argument;
}

/* The child allocates, whatever the other threads were doing. */
static void check_fork(void)
{
    pthread_t thread;
    stop = 0;
    CHECK(pthread_create(&thread, NULL, keep_busy, NULL) == 0);
    for (int i = 0; i < repeats(50); i++) {
        pid_t child = fork();
        if (child == 0) {
            exercise(3, 2000);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    stop = 1;
    pthread_join(thread, NULL);
}

/* Large blocks keep what they hold while they grow, shrink and move. */
static void check_large(void)
{
    unsigned *block = NULL;
    size_t had = 0;
    for (size_t count = 1000; count < 20000000; count += count / 3) {
        CHECK((block = realloc(block, count * sizeof *block)) != NULL);
        for (; had < count; had++)
            block[had] = (unsigned)had;
        CHECK(block[0] == 0 && block[count / 2] == count / 2 && block[999] == 999);
    }
    for (size_t count = had; count > 1000; count /= 2) {
        CHECK((block = realloc(block, count * sizeof *block)) != NULL);
        CHECK(block[count - 1] == count - 1 && block[999] == 999);
    }
    free(block);
    for (int i = 0; i < 3; i++) {
        CHECK((block = opaque(calloc(5 << 20, 1))) != NULL);
        for (size_t at = 0; at < (5 << 20) / sizeof *block; at += 500)
            CHECK(block[at] == 0);
        memset(block, 1, 5 << 20);
        free(block);
    }
}

static size_t resident(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%*u %zu", &pages) == 1);
    fclose(file);
    return pages * 4096;
}

/* What is freed goes back to the system, most of it by itself, the rest when asked. */
static void check_release(void)
{
    static char *blocks[20000];
    const size_t before = resident();
    for (int i = 0; i < 20000; i++) {
        CHECK((blocks[i] = malloc(4000)) != NULL);
        memset(blocks[i], 1, 4000);
    }
    CHECK(resident() >= before + 70000000);
    CHECK(mallinfo2().uordblks >= 20000 * (size_t)4000);
    for (int i = 0; i < 20000; i++)
        free(blocks[i]);
    CHECK(resident() <= before + 20000000);
    malloc_trim(0);
    CHECK(resident() <= before + 4000000);
    CHECK(mallinfo2().uordblks < 20000 * (size_t)4000);
}

/* In a child with its standard error in a pipe: the report, and the signal. */
static void check_report(void (*misuse)(void))
{
    char text[4096] = "", first[128];
    unsigned long long address;
    int ends[2], pid, status;
    size_t length = 0;
    ssize_t got;
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        misuse();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    /* An address in the lower half is stopped before it gets there. */
    if (strstr(text, "MemSentry: blocked call of ") != NULL) {
        CHECK(strstr(text, "\nSUMMARY: MemSentry: blocked-call (") != NULL);
        return;
    }
    CHECK(sscanf(text, "==%d==ERROR: MemSentry: free of 0x%llx,%100[^\n]", &pid, &address,
                 first) == 3);
    CHECK(pid == child && strcmp(first, " which is not allocated") == 0);
    CHECK(strstr(text, "\nSUMMARY: MemSentry: bad-free (") != NULL);
}

static void free_twice(void)
{
    char *block = opaque(malloc(40));
    free(opaque(block));
    free(opaque(block));
}

static void free_twice_later(void)
{
    static char *blocks[1000];
    for (int i = 0; i < 1000; i++)
        blocks[i] = malloc(40);
    for (int i = 0; i < 1000; i++)
        free(blocks[i]);
    free(opaque(blocks[7]));
}

static void free_large_twice(void)
{
    char *block = opaque(malloc(5 << 20));
    free(opaque(block));
    free(opaque(block));
}

static void free_inside(void)
{
    free((char *)opaque(malloc(400)) + 16);
}

static void free_inside_large(void)
{
    free((char *)opaque(malloc(5 << 20)) + 4096);
}

static void free_local(void)
{
    char local[64];
    free(opaque(local));
}

static void free_region_address(void)
{
    free(opaque((void *)(MEMSENTRY_REGIONS_START + 4096)));
}

static void free_tables(void)
{
    free(opaque((void *)MEMSENTRY_CONTROL_START));
}

static void free_never_used(void)
{
    free(opaque((void *)(MEMSENTRY_HEAP_START + (UINT64_C(1) << 30))));
}

static void free_kernel_address(void)
{
    free(opaque((void *)UINT64_C(0xffff800000000000)));
}

static void realloc_freed(void)
{
    char *block = opaque(malloc(40));
    free(opaque(block));
    free(realloc(opaque(block), 50));
}

int main(void)
{
    /* Domain backends leave libc's allocator in its place: nothing is confined by masks. */
    struct memsentry_status known = {.size = sizeof known};
    CHECK(memsentry_status(&known) == 0);
    if (known.kind == MEMSENTRY_KIND_DOMAIN)
        return 0;
    void (*const misuses[])(void) = {free_twice,      free_twice_later,    free_large_twice,
                                     free_inside,     free_inside_large,   free_local,
                                     free_tables,     free_region_address, realloc_freed,
                                     free_never_used, free_kernel_address};
    check_sizes();
    check_errors();
    exercise(1, repeats(STEPS));
    check_large();
    check_release();
    check_threads();
    check_fork();
    check_exhaustion();
    for (size_t i = 0; i < sizeof misuses / sizeof *misuses; i++)
        check_report(misuses[i]);
    return 0;
}
