/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Prints the nanoseconds that an allocation and its release take, the best batch of many. The
 * argument chooses the kind: pairs, churn, threads, handover, grow.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCHES = 30, STEPS = 100000, LIVE = 4096, RING = 1024 };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

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
    static _Thread_local uint32_t state = 1;

    for (int i = 0; i < STEPS; i++) {
        uint32_t random = next(&state);
        void **place = &live[random % LIVE];

        free(*place);
        *place = allocate(16 + (random % 16 == 0 ? next(&state) % 8192 : next(&state) % 256));
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
    } kinds[] = {{"pairs", pairs},
                 {"churn", churn},
                 {"threads", threads},
                 {"handover", handover},
                 {"grow", grow}};
    double best = 1e18;

    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (argc != 2 || strcmp(argv[1], kinds[kind].name) != 0)
            continue;
        for (int batch = 0; batch < BATCHES; batch++) {
            double start = now();
            kinds[kind].run();
            double each = (now() - start) / STEPS;
            if (each < best)
                best = each;
        }
        printf("%.2f\n", best);
        return 0;
    }
    fprintf(stderr, "usage: malloc pairs|churn|threads|handover|grow\n");
    return 2;
}
