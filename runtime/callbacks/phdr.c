/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* dl_iterate_phdr: the description of an object is on libc's frame. */
#include <link.h>

#include "ordinary.h"

struct iteration {
    int (*function)(struct dl_phdr_info *, size_t, void *);
    void *argument;
};

static int visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    const struct iteration *iteration = argument;
    void *before;
    struct dl_phdr_info *copy = unsafe_push(size, &before);
    memcpy(copy, info, size);
    int result = iteration->function(copy, size, iteration->argument);
    unsafe_pop(before);
    return result;
}

CALLBACK(int, dl_iterate_phdr, int (*function)(struct dl_phdr_info *, size_t, void *),
         void *argument)
{
    if (isolated() == NULL)
        return dl_iterate_phdr(function, argument);
    struct iteration iteration = {function, argument};
    return dl_iterate_phdr(visit, &iteration);
}
