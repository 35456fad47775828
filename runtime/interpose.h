/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Standing before a function of libc: how ours is named, and how the one behind it is found.
 * The names are those of memsentry/interposed.def.
 */
#ifndef RUNTIME_INTERPOSE_H
#define RUNTIME_INTERPOSE_H

#include "die.h"
#include "visibility.h"

/*
 * INTERPOSE(result, name, parameters...) { body }: the function that programs call as `name`;
 * the runtime itself calls it our_<name>.
 *
 * NEXT(result, name, parameter types...): libc's own, as the local variable `next`. It is
 * looked up at each call: these are not called often, and nothing is kept where it could be
 * overwritten.
 */
#ifdef MEMSENTRY_STATIC

#    define INTERPOSED_SYMBOL(name) "__wrap_" #    name

#    define NEXT(result, name, ...)                                                            \
        extern result real_##name(__VA_ARGS__) __asm__("__real_" #name);                       \
        result (*const next)(__VA_ARGS__) = real_##name

#else

#    include <dlfcn.h>

#    define INTERPOSED_SYMBOL(name) #    name

#    define NEXT(result, name, ...)                                                            \
        union {                                                                                \
            void *found;                                                                       \
            result (*function)(__VA_ARGS__);                                                   \
        } next_of_##name = {.found = dlsym(RTLD_NEXT, #name)};                                 \
        if (next_of_##name.found == NULL)                                                      \
            die("libc lacks " #name);                                                          \
        result (*const next)(__VA_ARGS__) = next_of_##name.function

#endif

#define INTERPOSE(result, name, ...)                                                           \
    EXPORT result our_##name(__VA_ARGS__) __asm__(INTERPOSED_SYMBOL(name));                    \
    result our_##name(__VA_ARGS__)

#endif
