/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Standing before a function of libc: how ours is named, and how the one behind it is found.
 */
#ifndef RUNTIME_INTERPOSE_H
#define RUNTIME_INTERPOSE_H

#include "die.h"
#include "visibility.h"

/*
 * INTERPOSE(result, name, parameters...) { body }: the function that programs call as `name`;
 * the runtime itself calls it our_<name>.
 *
 * NEXT(result, name, twin, parameter types...): libc's own, as the local variable `next`. The
 * shared runtime comes before libc in symbol search and asks for what follows, at each call:
 * these are not called often, and nothing is kept where it could be overwritten. In a static
 * executable libc's function gives way, being weak, and is reached by its other name, `twin`.
 */
#ifdef MEMSENTRY_STATIC

#    define NEXT(result, name, twin, ...)                                                      \
        extern result twin_of_##name(__VA_ARGS__) __asm__(#twin);                              \
        result (*const next)(__VA_ARGS__) = twin_of_##name

#else

#    include <dlfcn.h>

/*
 * In a stock program that a hardened library is linked to, libc comes first and nothing
 * follows; that program is refused, or needs no more than libc's own.
 */
static inline void *find_next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        found = dlsym(RTLD_DEFAULT, name);
    if (found == NULL)
        die("libc lacks a function that the runtime stands before");
    return found;
}

#    define NEXT(result, name, twin, ...)                                                      \
        union {                                                                                \
            void *found;                                                                       \
            result (*function)(__VA_ARGS__);                                                   \
        } next_of_##name = {.found = find_next(#name)};                                        \
        result (*const next)(__VA_ARGS__) = next_of_##name.function

#endif

#define INTERPOSE(result, name, ...)                                                           \
    EXPORT result our_##name(__VA_ARGS__) __asm__(#name);                                      \
    result our_##name(__VA_ARGS__)

#endif
