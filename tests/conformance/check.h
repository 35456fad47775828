/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the conformance programs check with: the first failure ends the program with status 1.
 */
#ifndef CONFORMANCE_CHECK_H
#define CONFORMANCE_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "memsentry-runtime.h"
#include "memsentry/layout.h"

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);            \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

/* Where the return address of the caller lies: on a safe stack, when stacks are isolated. */
static inline uint64_t stack_pointer(void)
{
    uint64_t pointer;
    __asm__ volatile("mov %%rsp, %0" : "=r"(pointer));
    return pointer;
}

static inline int in_stack_arena(uint64_t address)
{
    return address >= MEMSENTRY_STACKS_START && address < MEMSENTRY_STACKS_END;
}

/* Where stacks are not isolated, every stack will do. */
static inline int on_safe_stack(void)
{
    struct memsentry_status status = {.size = sizeof status};
    return in_stack_arena(stack_pointer()) ||
           (memsentry_status(&status) == 0 && (status.holds & MEMSENTRY_HOLDS_STACKS) == 0);
}

/* Where locals lie whose address is taken. */
static inline int is_ordinary(const volatile void *pointer)
{
    return (uint64_t)pointer >= MEMSENTRY_UPPER_GUARD_END;
}

/* Keeps a local in memory and its address unknown to the optimiser. */
static inline void escape(volatile void *pointer)
{
    __asm__ volatile("" : : "r"(pointer) : "memory");
}

/* How often something is done; where the processor is emulated, a variable asks for less. */
static inline int repeats(int count)
{
    const char *percent = getenv("ROUNDS_PERCENT");
    return percent == NULL ? count : count * atoi(percent) / 100;
}

/* Memory of the process that is there. */
static inline long resident_pages(void)
{
    long all = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm != NULL && fscanf(statm, "%ld %ld", &all, &resident) == 2);
    fclose(statm);
    return resident;
}

#endif
