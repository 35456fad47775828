/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What programs ask about the heap. All of it is here, because what is missing would bring in
 * libc's allocator when a program is linked statically.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>

#include "heap.h"
#include "serve.h"
#include "../text.h"

struct totals {
    uint64_t used, open, large_used, large_kept;
};

static struct totals count(void)
{
    struct totals totals = {0};
    (void)cache_current();
    for (unsigned class = 0; class < HEAP_CLASSES; class ++) {
        struct pool *pool = &HEAP->pools[class];
        const uint64_t size = heap_classes[class].size;
        lock_take(&pool->lock);
        totals.used += pool->used * size;
        totals.open += (pool->slabs * size) << heap_classes[class].slab_bits;
        lock_give(&pool->lock);
    }
    lock_take(&HEAP->large_lock);
    totals.large_used = HEAP->large_used;
    totals.large_kept = HEAP->large_kept;
    lock_give(&HEAP->large_lock);
    return totals;
}

/* What threads keep counts as used. */
EXPORT struct mallinfo2 mallinfo2(void)
{
    const struct totals totals = count();
    return (struct mallinfo2){
        .arena = totals.open + totals.large_kept,
        .uordblks = totals.used,
        .fordblks = totals.open - totals.used + totals.large_kept,
        .hblkhd = totals.large_used,
    };
}

EXPORT struct mallinfo mallinfo(void)
{
    const struct mallinfo2 info = mallinfo2();
    return (struct mallinfo){
        .arena = (int)info.arena,
        .uordblks = (int)info.uordblks,
        .fordblks = (int)info.fordblks,
        .hblkhd = (int)info.hblkhd,
    };
}

EXPORT int malloc_trim(size_t pad)
{
    (void)pad;
    struct cache *cache = cache_current();
    if (cache != NULL)
        cache_flush(cache);
    bool any = false;
    for (unsigned class = 0; class < HEAP_CLASSES; class ++)
        any |= pool_trim(class);
    any |= large_trim();
    return any;
}

/* Nothing of libc's allocator is left to tune. */
EXPORT int mallopt(int parameter, int value)
{
    (void)parameter;
    (void)value;
    return 1;
}

EXPORT void malloc_stats(void)
{
    const struct totals totals = count();
    struct text text = {0};
    text_put(&text, "MemSentry heap: bytes in use ");
    text_put_decimal(&text, totals.used + totals.large_used);
    text_put(&text, ", free ");
    text_put_decimal(&text, totals.open - totals.used + totals.large_kept);
    text_put(&text, "\n");
    text_flush(&text, 2);
}

EXPORT int malloc_info(int options, FILE *stream)
{
    if (options != 0)
        return EINVAL;
    const struct totals totals = count();
    fprintf(stream,
            "<malloc version=\"1\">\n<system type=\"current\" size=\"%llu\"/>\n"
            "<total type=\"used\" size=\"%llu\"/>\n</malloc>\n",
            (unsigned long long)(totals.open + totals.large_used + totals.large_kept),
            (unsigned long long)(totals.used + totals.large_used));
    return 0;
}
