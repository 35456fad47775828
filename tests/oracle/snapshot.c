/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The lower half before and after; see snapshot.h. */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memsentry/layout.h"

/* What the main thread uses itself: its slot from the low end (its alternate stack is there)
 * up to the frame of main. */
static struct range own_stack(const struct tracee *tracee)
{
    const uint64_t frame = tracee->self.frame;
    if (frame < MEMSENTRY_STACKS_START || frame >= MEMSENTRY_STACKS_END)
        return (struct range){0, 0};
    const uint64_t class = (frame - MEMSENTRY_STACKS_START) / MEMSENTRY_STACK_CLASS_SPAN;
    return (struct range){frame & -MEMSENTRY_STACK_SLOT_SIZE(class), frame};
}

/* What setjmp saves in that slot. */
static struct range own_jumps(const struct range *own)
{
    if (own->end == 0)
        return *own;
    const uint64_t class = (own->start - MEMSENTRY_STACKS_START) / MEMSENTRY_STACK_CLASS_SPAN;
    const uint64_t end = own->start + MEMSENTRY_STACK_SLOT_SIZE(class);
    return (struct range){end - MEMSENTRY_STACK_RECORD_SIZE(class) + PAGE, end};
}

struct taking {
    struct snapshot *snapshot;
    const struct tracee *tracee;
    struct range own, jumps;
    int error;
};

static bool make_room(struct snapshot *snapshot)
{
    if (snapshot->count < snapshot->room)
        return true;
    const size_t room = snapshot->room * 2 + 256;
    uint64_t *pages = realloc(snapshot->pages, room * sizeof *pages);
    if (pages != NULL)
        snapshot->pages = pages;
    char *contents = pages != NULL ? realloc(snapshot->contents, room * PAGE) : NULL;
    if (contents == NULL)
        return false;
    snapshot->contents = contents;
    snapshot->room = room;
    return true;
}

static void take_page(void *closure, uint64_t page)
{
    struct taking *taking = closure;
    const struct range *own = &taking->own;
    if ((page >= own->start && page + PAGE <= own->end) ||
        (page >= taking->jumps.start && page + PAGE <= taking->jumps.end))
        return;
    struct snapshot *snapshot = taking->snapshot;
    if (!make_room(snapshot)) {
        taking->error = -ENOMEM;
        return;
    }
    char *content = snapshot->contents + snapshot->count * PAGE;
    /* A guard page has an entry, but nothing to read. */
    if (!tracee_read(taking->tracee, page, content, PAGE))
        return;
    if (page < own->end && page + PAGE > own->start)
        memset(content, 0, own->end - page);
    snapshot->pages[snapshot->count++] = page;
}

int snapshot_take(struct snapshot *snapshot, const struct tracee *tracee)
{
    struct taking taking = {snapshot, tracee, own_stack(tracee), {0, 0}, 0};
    taking.jumps = own_jumps(&taking.own);
    snapshot->count = 0;
    int error = tracee_pages(tracee, 0, MEMSENTRY_SPLIT, take_page, &taking);
    if (error == 0)
        error = taking.error;
    /* Without the canaries it has not seen the process at all. */
    return error == 0 && snapshot->count == 0 ? -ESRCH : error;
}

static void compare_page(uint64_t page, const char *old, const char *new,
                         struct change *changes, int room, long *count)
{
    static const char zeroes[PAGE];
    old = old != NULL ? old : zeroes;
    new = new != NULL ? new : zeroes;
    if (memcmp(old, new, PAGE) == 0)
        return;
    for (size_t i = 0; i < PAGE; i += 8) {
        struct change change = {.address = page + i};
        memcpy(&change.old, old + i, 8);
        memcpy(&change.new, new + i, 8);
        if (change.old == change.new)
            continue;
        if (*count < room)
            changes[*count] = change;
        ++*count;
    }
}

long snapshot_compare(const struct snapshot *before, const struct snapshot *after,
                      struct change *changes, int room)
{
    long count = 0;
    size_t i = 0, j = 0;
    while (i < before->count || j < after->count) {
        const uint64_t old = i < before->count ? before->pages[i] : UINT64_MAX;
        const uint64_t new = j < after->count ? after->pages[j] : UINT64_MAX;
        compare_page(old < new ? old : new, old <= new ? before->contents + i *PAGE : NULL,
                     new <= old ? after->contents + j *PAGE : NULL, changes, room, &count);
        i += old <= new;
        j += new <= old;
    }
    return count;
}
