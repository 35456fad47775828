/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Allocations of one kind and nothing else: pairs, churn, threads, handover, grow. */
#include <pthread.h>
#include <string.h>

#include "../work.h"

enum { STEPS = 100000, LIVE = 4096, RING = 1024 };

static void *allocate(size_t size)
{
    char *block = malloc(size);

    block[0] = 1;
    __asm__ volatile("" : : "r"(block) : "memory");
    return block;
}

/* What was just given back comes again. */
static void pairs(void)
{
    for (int i = 0; i < STEPS; i++)
        free(allocate(64));
}

/* Mixed sizes, mostly small, freed in random order. */
static void churn(void)
{
    static _Thread_local void *live[LIVE];
    static _Thread_local uint64_t state = 1;

    for (int i = 0; i < STEPS; i++) {
        uint64_t random = next_random(&state);
        void **place = &live[random % LIVE];

        free(*place);
        *place = allocate(
            16 + (random % 16 == 0 ? next_random(&state) % 8192 : next_random(&state) % 256));
    }
}

static void *churn_in_thread(void *argument)
{
    churn();
    return argument;
}

static void threads(void)
{
    pthread_t other;

    pthread_create(&other, NULL, churn_in_thread, NULL);
    churn();
    pthread_join(other, NULL);
}

/* One thread allocates, another frees. */
static void *_Atomic ring[RING];

static void *release(void *argument)
{
    for (int i = 0; i < STEPS; i++) {
        void *block;

        while ((block = ring[i % RING]) == NULL)
            ;
        ring[i % RING] = NULL;
        free(block);
    }
    return argument;
}

static void handover(void)
{
    pthread_t other;

    pthread_create(&other, NULL, release, NULL);
    for (int i = 0; i < STEPS; i++) {
        void *block = allocate(100);

        while (ring[i % RING] != NULL)
            ;
        ring[i % RING] = block;
    }
    pthread_join(other, NULL);
}

/* Strings that grow, as an interpreter's buffers do. */
static void grow(void)
{
    for (int i = 0; i < STEPS / 100; i++) {
        char *block = NULL;

        for (size_t size = 16; size < 1 << 22; size += size / 2) {
            block = realloc(block, size);
            block[size - 1] = 1;
        }
        free(block);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
        int rounds;
    } kinds[] = {{"pairs", pairs, 50},
                 {"churn", churn, 30},
                 {"threads", threads, 15},
                 {"handover", handover, 15},
                 {"grow", grow, 20}};
    int amount = work_amount(argc, argv);

    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (argc != 3 || strcmp(argv[2], kinds[kind].name) != 0)
            continue;
        for (int round = 0; round < (kinds[kind].rounds * amount + 99) / 100; round++)
            kinds[kind].run();
        return print_checksum(kind);
    }
    fprintf(stderr, "usage: malloc PERCENT pairs|churn|threads|handover|grow\n");
    return 2;
}
