/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Creates and joins threads, one at a time. */
#include <pthread.h>

#include "../work.h"

static void *run(void *argument)
{
    /* A local whose address is taken: both stacks get touched. */
    volatile char buffer[256];

    buffer[(size_t)argument % sizeof(buffer)] = 1;
    return argument;
}

int main(int argc, char **argv)
{
    size_t count = 100 * (size_t)work_amount(argc, argv);

    for (size_t i = 0; i < count; i++) {
        pthread_t thread;
        void *result;

        if (pthread_create(&thread, NULL, run, (void *)i) || pthread_join(thread, &result) ||
            result != (void *)i)
            return 1;
    }
    return print_checksum(count);
}
