/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A preloaded library that stands before pthread_create, and before the runtime. */
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

__attribute__((visibility("default"))) int
pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
               void *(*start)(void *), void *restrict argument)
{
    union {
        void *found;
        int (*function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    } next = {.found = dlsym(RTLD_NEXT, "pthread_create")};
    static const char word[] = "preloaded\n";
    (void)!write(1, word, sizeof word - 1);
    return next.function(thread, attributes, start, argument);
}
