/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Prints how many nanoseconds creating and joining a thread takes, the best batch of many. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { BATCHES = 50, THREADS = 100 };

static void *run(void *argument)
{
    /* A local whose address is taken: both stacks get touched. */
    volatile char buffer[256];

    buffer[(size_t)argument % sizeof(buffer)] = 1;
    return NULL;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void)
{
    double best = 1e18;

    for (int batch = 0; batch < BATCHES; batch++) {
        double start = now();
        for (size_t i = 0; i < THREADS; i++) {
            pthread_t thread;
            if (pthread_create(&thread, NULL, run, (void *)i) || pthread_join(thread, NULL))
                return 1;
        }
        double each = (now() - start) / THREADS;
        if (each < best)
            best = each;
    }
    printf("%.0f\n", best);
    return 0;
}
