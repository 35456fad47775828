/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Callguard, run-time half: the table. Not instrumented, so everything here is trusted. */
#include <memsentry-runtime.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "callguard.h"

#define PAGE 4096

MEMSENTRY_DEFENSE_RUNTIME

/* Weak: a program may have no such function. */
extern void *const __start_callguard_targets[] __attribute__((weak, visibility("hidden")));
extern void *const __stop_callguard_targets[] __attribute__((weak, visibility("hidden")));

__attribute__((aligned(PAGE))) void **callguard_table[PAGE / sizeof(void **)];

/* The slot of `target`, or the free one where it would be; NULL when the table is full. */
static void **find(void *target)
{
    size_t slot = ((uintptr_t)target >> CALLGUARD_SHIFT) % CALLGUARD_SLOTS;

    for (size_t i = 0; i < CALLGUARD_SLOTS; i++) {
        void **entry = &callguard_table[0][(slot + i) % CALLGUARD_SLOTS];
        if (*entry == target || *entry == NULL)
            return entry;
    }
    return NULL;
}

static void die(const char *message)
{
    dprintf(STDERR_FILENO, "==%d==ERROR: callguard: %s\n", (int)getpid(), message);
    abort();
}

void callguard_check(void *target)
{
    char message[96];
    void **entry = find(target);

    if (target != NULL && entry != NULL && *entry == target)
        return;
    snprintf(message, sizeof message, "indirect call of %p, which is no known target", target);
    die(message);
}

static void start(void)
{
    callguard_table[0] = saferegion_alloc_named(CALLGUARD_SLOTS * sizeof(void *), "callguard");
    if (callguard_table[0] == NULL)
        die("no memory for the table");
    /* The lists are writable for now, but nothing of the program has run yet. */
    for (void *const *t = __start_callguard_targets; t != __stop_callguard_targets; t++) {
        void **entry = find(*t);
        /* A weak function that is not there has no address. */
        if (*t == NULL)
            continue;
        if (entry == NULL)
            die("too many targets");
        *entry = *t;
    }
    /* From now on nobody can lead the program to another table. */
    if (mprotect(callguard_table, sizeof callguard_table, PROT_READ) != 0)
        die("cannot protect the address of the table");
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = start;
