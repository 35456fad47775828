/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The main function of a program of attacks on a safe region. Prints where it aims, and then
 * "changed" or "unchanged"; what a build makes of it says whether the region is out of reach.
 */
#ifndef ATTACK_REGION_H
#define ATTACK_REGION_H

#include <string.h>

#include "attack.h"
#include "memsentry-runtime.h"

struct primitive {
    const char *name;
    void (*attack)(char *target);
};

static volatile char *volatile region;

/* What lies at `at`: shifted by any small distance it is something else. */
static char pattern(int at)
{
    return (char)(at * 7 + (at >> 6));
}

__attribute__((section("memsentry_functions"))) static void fill_region(void)
{
    for (int k = 0; k < 4096; k++)
        region[k] = pattern(k);
}

__attribute__((section("memsentry_functions"))) static const char *state_of_region(void)
{
    for (volatile int k = 0; k < 4096; k = k + 1)
        if (region[k] != pattern(k))
            return "changed";
    return "unchanged";
}

static inline int attack(const struct primitive *primitives, size_t number, int count,
                         char **arguments)
{
    region = (volatile char *)saferegion_alloc_named(4096, "target");
    fill_region();
    for (size_t i = 0; i < number; i++)
        if (count == 2 && strcmp(arguments[1], primitives[i].name) == 0) {
            /* The middle: room for what overshoots. */
            char *target = (char *)region + 2048;
            printf("%p\n", (void *)target);
            fflush(stdout);
            primitives[i].attack(target);
            /* No local is used any more: an attack on registers may have changed them. */
            puts(state_of_region());
            exit(0);
        }
    return 2;
}

#endif
