/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Keeps the counters in a safe region. It is not instrumented: no gate lets it in but the
 * SDK's. */
#include <memsentry-runtime.h>

#include <stdlib.h>
#include <sys/mman.h>

#include "example.h"

#define PAGE 4096

MEMSENTRY_DEFENSE_RUNTIME

__attribute__((aligned(PAGE))) int64_t *example_counters[PAGE / sizeof(int64_t *)];

static void start(void)
{
    example_counters[0] =
        saferegion_alloc_named(EXAMPLE_SLOTS * sizeof *example_counters[0], "example");
    if (!example_counters[0] ||
        mprotect(example_counters, sizeof example_counters, PROT_READ) != 0)
        abort();
}

/* Before all constructors: they are counted, too. */
__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = start;

int64_t example_calls(const char *function)
{
    int64_t calls = 0;

    saferegion_read(&calls, &example_counters[0][example_slot(function)], sizeof calls);
    return calls;
}
