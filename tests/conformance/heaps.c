/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Heaps in safe regions, and memsentry_status: what blocks hold, where they lie, sizes, errors,
 * threads and fork, several heaps, and the reports of what must not be freed.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "contents.h"
#include "memsentry-runtime.h"

enum { LIVE = 300, STEPS = 2000, THREADS = 4 };

struct account {
    int balance;
    struct account MEMSENTRY_REGION *next;
};

static int in_region(const void *pointer, size_t size)
{
    return (uint64_t)pointer >= MEMSENTRY_REGIONS_START &&
           (uint64_t)pointer + size <= MEMSENTRY_REGIONS_END;
}

/* Accesses by pointers of the regions' address space. */
static void linked_list(void)
{
    saferegion_heap *heap = saferegion_heap_create(1 << 16, "accounts");
    CHECK(heap != NULL);
    struct account MEMSENTRY_REGION *first = NULL;
    for (int i = 0; i < 100; i++) {
        struct account MEMSENTRY_REGION *account =
            (struct account MEMSENTRY_REGION *)saferegion_heap_malloc(heap, sizeof *account);
        CHECK(account != NULL);
        account->balance = i;
        account->next = first;
        first = account;
    }
    int sum = 0;
    for (; first != NULL; first = first->next)
        sum += first->balance;
    CHECK(sum == 4950);
    saferegion_heap_destroy(heap);
}

static void sizes_and_errors(void)
{
    errno = 0;
    CHECK(saferegion_heap_create(0, "none") == NULL && errno == EINVAL);
    errno = 0;
    CHECK(saferegion_heap_create(1, NULL) == NULL && errno == EINVAL);
    CHECK(saferegion_heap_create(1, "a name of more than thirty-one characters") == NULL);
    errno = 0;
    CHECK(saferegion_heap_create((size_t)1 << 46, "huge") == NULL && errno == ENOMEM);

    saferegion_heap *heap = saferegion_heap_create(1 << 20, "sizes");
    CHECK(heap != NULL);
    char *blocks[64], *again;
    for (int i = 0; i < 64; i++) {
        const size_t size = (size_t)i * i * 2;
        CHECK((blocks[i] = saferegion_heap_malloc(heap, size)) != NULL);
        CHECK(in_region(blocks[i], size) && (uint64_t)blocks[i] % 16 == 0);
        CHECK(saferegion_heap_usable_size(heap, blocks[i]) >= size);
        CHECK(all(blocks[i], size, 0));
        fill(blocks[i], size, (char)(i + 1));
    }
    for (int i = 0; i < 64; i++) {
        CHECK(all(blocks[i], (size_t)i * i * 2, (char)(i + 1)));
        saferegion_heap_free(heap, blocks[i]);
    }
    /* What was freed holds nothing any more, and all of it can be had again in one piece. */
    CHECK((again = saferegion_heap_malloc(heap, 1 << 20)) != NULL);
    CHECK(all(again, 1 << 20, 0));
    errno = 0;
    CHECK(saferegion_heap_malloc(heap, 1) == NULL && errno == ENOMEM);
    saferegion_heap_free(heap, again);
    CHECK(saferegion_heap_malloc(heap, (1 << 20) + 1) == NULL);
    CHECK(saferegion_heap_malloc(heap, SIZE_MAX) == NULL);
    CHECK(saferegion_heap_calloc(heap, SIZE_MAX / 2, 3) == NULL);
    CHECK(saferegion_heap_usable_size(heap, NULL) == 0);
    saferegion_heap_free(heap, NULL);

    CHECK((again = saferegion_heap_calloc(heap, 100, 10)) != NULL && all(again, 1000, 0));
    fill(again, 1000, 'x');
    CHECK((again = saferegion_heap_realloc(heap, again, 50000)) != NULL);
    CHECK(all(again, 1000, 'x'));
    fill(again, 50000, 'y');
    fill(again, 10, 'y');
    char *smaller = saferegion_heap_realloc(heap, again, 20000);
    CHECK(smaller == again && saferegion_heap_usable_size(heap, again) == 20480);
    CHECK((again = saferegion_heap_realloc(heap, again, 10)) != NULL && all(again, 10, 'y'));
    CHECK(saferegion_heap_realloc(heap, again, 1 << 21) == NULL && all(again, 10, 'y'));
    CHECK(saferegion_heap_realloc(heap, again, 0) == NULL);
    CHECK((again = saferegion_heap_realloc(heap, NULL, 30)) != NULL);
    saferegion_heap_destroy(heap);
    saferegion_heap_destroy(NULL);

    /* The next heap of that size starts with nothing. */
    CHECK((heap = saferegion_heap_create(1 << 20, "next")) != NULL);
    CHECK((again = saferegion_heap_malloc(heap, 1 << 20)) != NULL && all(again, 1 << 20, 0));
    saferegion_heap_destroy(heap);
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static saferegion_heap *shared;

static void *works(void *seed)
{
    uint32_t state = (uint32_t)(uintptr_t)seed;
    static const size_t limits[] = {64, 512, 512, 4096, 20000};
    char *blocks[LIVE] = {NULL};
    size_t sizes[LIVE];
    char marks[LIVE];
    for (int step = 0; step < STEPS; step++) {
        const unsigned at = next(&state) % LIVE;
        if (blocks[at] != NULL) {
            CHECK(all(blocks[at], sizes[at], marks[at]));
            if (next(&state) % 4 == 0) {
                const size_t size = 1 + next(&state) % 600;
                const size_t kept = size < sizes[at] ? size : sizes[at];
                char *moved = saferegion_heap_realloc(shared, blocks[at], size);
                CHECK(moved != NULL && all(moved, kept, marks[at]));
                blocks[at] = moved;
                sizes[at] = size;
                fill(moved, size, marks[at]);
                continue;
            }
            saferegion_heap_free(shared, blocks[at]);
            blocks[at] = NULL;
            continue;
        }
        sizes[at] = 1 + next(&state) % limits[next(&state) % 5];
        marks[at] = (char)(1 + next(&state) % 100);
        blocks[at] = saferegion_heap_malloc(shared, sizes[at]);
        CHECK(blocks[at] != NULL && all(blocks[at], sizes[at], 0));
        fill(blocks[at], sizes[at], marks[at]);
    }
    for (int i = 0; i < LIVE; i++)
        saferegion_heap_free(shared, blocks[i]);
    return NULL;
}

static void threads(void)
{
    pthread_t ids[THREADS];
    CHECK((shared = saferegion_heap_create(64 << 20, "shared")) != NULL);
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&ids[i], NULL, works, (void *)(i + 1)) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    const pid_t child = fork();
    if (child == 0) {
        works((void *)77);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    works((void *)78);
    /* All of it is free again. */
    char *whole = saferegion_heap_malloc(shared, 64 << 20);
    CHECK(whole != NULL);
    saferegion_heap_destroy(shared);
}

/* Runs `act` in a child, which must end by SIGABRT after a report that has these words. */
static void expect_report(void (*act)(void), const char *words)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        act();
        _exit(0);
    }
    close(ends[1]);
    static char report[8192];
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], report + length, sizeof report - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    report[length] = '\0';
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    if (strstr(report, words) == NULL) {
        fputs(report, stderr);
        CHECK(!"the report");
    }
}

static saferegion_heap *one, *other;
static char *block;

static void frees_twice(void)
{
    saferegion_heap_free(one, block);
    saferegion_heap_free(one, block);
}

static void frees_inside(void)
{
    saferegion_heap_free(one, block + 16);
}

static void frees_foreign(void)
{
    saferegion_heap_free(other, block);
}

static void frees_ordinary(void)
{
    saferegion_heap_free(one, &one);
}

static void reallocates_freed(void)
{
    saferegion_heap_free(one, block);
    (void)!saferegion_heap_realloc(one, block, 5);
}

static void uses_destroyed(void)
{
    saferegion_heap_destroy(other);
    (void)!saferegion_heap_malloc(other, 5);
}

static void frees_heap(void)
{
    saferegion_free(one);
}

static void destroys_region(void)
{
    saferegion_heap_destroy((saferegion_heap *)saferegion_alloc(8));
}

static void reports(void)
{
    CHECK((one = saferegion_heap_create(1 << 16, "one")) != NULL);
    CHECK((other = saferegion_heap_create(1 << 16, "other")) != NULL && other != one);
    CHECK((block = saferegion_heap_malloc(one, 100)) != NULL);
    expect_report(frees_twice, "which is not allocated in the region heap \"one\"\n");
    expect_report(frees_inside, "ERROR: MemSentry: saferegion_heap_free of 0x");
    expect_report(frees_foreign, "which is not allocated in the region heap \"other\"\n");
    expect_report(frees_ordinary, "which is not allocated in the region heap \"one\"\n");
    expect_report(reallocates_freed, "ERROR: MemSentry: saferegion_heap_realloc of 0x");
    expect_report(uses_destroyed, "ERROR: MemSentry: a region heap that saferegion_heap_create "
                                  "did not return, or that was destroyed\n");
    expect_report(frees_heap, "ERROR: MemSentry: saferegion_free of a region that "
                              "saferegion_heap_create made\n");
    expect_report(destroys_region, "ERROR: MemSentry: a region heap that ");
}

static void status(void)
{
    struct memsentry_status known = {.size = sizeof known};
    CHECK(memsentry_status(&known) == 0 && known.size == sizeof known);
    CHECK(known.backend[0] != '\0' && known.kind != 0 && known.confines != 0);
    CHECK(((known.holds & MEMSENTRY_HOLDS_DETERMINISTIC) != 0) ==
          (known.kind != MEMSENTRY_KIND_HIDING));
    CHECK(((known.holds & MEMSENTRY_HOLDS_STACKS) != 0) == in_stack_arena(stack_pointer()));
    known.size = 4;
    CHECK(memsentry_status(&known) == -EINVAL);
    CHECK(memsentry_status((struct memsentry_status *)saferegion_alloc(64)) == -EFAULT);
}

int main(void)
{
    status();
    linked_list();
    sizes_and_errors();
    reports();
    threads();
    return 0;
}
