/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The allocator's part of the runtime library; see serve.h. */
#include "serve.h"

#include <errno.h>
#include <sys/mman.h>

#include "../arena.h"
#include "../control.h"
#include "../die.h"
#include "../kernel.h"
#include "../report.h"

void __memsentry_heap_reserve(void)
{
    arena_reserve_lower();
    const int error =
        kernel_map(MEMSENTRY_HEAP_START, MEMSENTRY_HEAP_END - MEMSENTRY_HEAP_START, PROT_NONE);
    if (error == 0)
        return;
    struct text text = {0};
    text_put(&text, "memsentry: error: cannot reserve address space for the heap: ");
    if (error == -EEXIST) {
        text_put(&text, "something is mapped between ");
        text_put_hex(&text, MEMSENTRY_HEAP_START, 1);
        text_put(&text, " and ");
        text_put_hex(&text, MEMSENTRY_HEAP_END, 1);
    } else {
        text_put(&text, "the kernel says error ");
        text_put_decimal(&text, (uint64_t)-error);
    }
    text_put(&text, "; link the program with '-fno-memsentry-malloc' to do without");
    refuse(&text);
}

_Noreturn void __memsentry_bad_free(const void *pointer, const void *pc)
{
    arena_reserve_lower();
    struct text text = {0};
    report_begin(&text);
    text_put(&text, "free of ");
    text_put_hex(&text, (uint64_t)pointer, 12);
    text_put(&text, ", which is not allocated");
    /* Before start-up is over there is nothing to say about backends and threads. */
    if (CONFIG->backend != NULL) {
        report_end(&text, (uint64_t)pc, "bad-free");
    } else {
        text_put(&text, "\n");
        text_flush(&text, 2);
    }
    die_silently();
}
