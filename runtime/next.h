/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * NEXT(result, name, parameter types...): the function of that name behind ours, as the local
 * variable `next`. Looked up at each call: these are not called often, and nothing is kept
 * where it could be overwritten.
 */
#ifndef RUNTIME_NEXT_H
#define RUNTIME_NEXT_H

#include <dlfcn.h>

#include "die.h"

#define NEXT(result, name, ...)                                                                \
    union {                                                                                    \
        void *found;                                                                           \
        result (*function)(__VA_ARGS__);                                                       \
    } next_of_##name = {.found = dlsym(RTLD_NEXT, #name)};                                     \
    if (next_of_##name.found == NULL)                                                          \
        die("libc lacks " #name);                                                              \
    result (*const next)(__VA_ARGS__) = next_of_##name.function

#endif
