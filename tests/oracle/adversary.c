/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Chooses places and values to corrupt; see adversary.h. */
#include "adversary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memsentry/layout.h"

uint64_t adversary_random(struct adversary *adversary)
{
    uint64_t x = adversary->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    adversary->random = x;
    return x * UINT64_C(0x2545F4914F6CDD1D) >> 16;
}

static uint64_t below(struct adversary *adversary, uint64_t limit)
{
    return adversary_random(adversary) % limit;
}

/* ---- places ---- */

/* What a workload uses of the unsafe stack at the most. */
#define UNSAFE_STACK_BELOW 2048

static void add_words(struct target *target, const struct tracee *tracee)
{
    uint64_t page[PAGE / 8];
    for (uint64_t at = target->start & -PAGE; at < target->end; at += PAGE) {
        if (!tracee_read(tracee, at, page, PAGE))
            continue;
        for (size_t i = 0; i < PAGE / 8; i++) {
            const uint64_t address = at + i * 8;
            if (page[i] == 0 || address < target->start || address >= target->end)
                continue;
            if ((target->count & (target->count - 1)) == 0)
                target->words = realloc(target->words, (target->count * 2 + 1) * 8);
            target->words[target->count++] = address;
        }
    }
}

static void add_target(struct adversary *adversary, uint64_t start, uint64_t end,
                       unsigned weight)
{
    if (start >= end || adversary->count == sizeof adversary->targets / sizeof(struct target))
        return;
    struct target *target = &adversary->targets[adversary->count++];
    *target = (struct target){start, end, NULL, 0, weight};
    /* Nothing of the part of the stack that will be used is there yet. */
    if (end <= adversary->tracee->self.unsafe_stack - UNSAFE_STACK_BELOW ||
        start >= adversary->tracee->self.unsafe_stack)
        add_words(target, adversary->tracee);
}

/* Without what is kept. */
static void add_parts(struct adversary *adversary, uint64_t start, uint64_t end,
                      unsigned weight)
{
    const struct range *kept = adversary->tracee->self.kept;
    for (int i = 0; i < ORACLE_KEPT; i++) {
        if (kept[i].start < end && kept[i].end > start) {
            add_parts(adversary, start, kept[i].start, weight);
            add_parts(adversary, kept[i].end, end, weight);
            return;
        }
    }
    add_target(adversary, start, end, weight);
}

struct scan {
    uint64_t start, end;
    struct adversary *adversary;
    unsigned weight;
};

/* Pages that follow one another become one target. */
static void add_page(void *closure, uint64_t page)
{
    struct scan *scan = closure;
    if (page != scan->end) {
        add_parts(scan->adversary, scan->start, scan->end, scan->weight);
        scan->start = page;
    }
    scan->end = page + PAGE;
}

static void add_mapping(struct adversary *adversary, uint64_t start, uint64_t end,
                        unsigned weight)
{
    struct scan scan = {start, start, adversary, weight};
    (void)tracee_pages(adversary->tracee, start, end, add_page, &scan);
    add_parts(adversary, scan.start, scan.end, weight);
}

/*
 * Every writable mapping of the upper half but for the data of libc and of the dynamic linker,
 * which only they believe: the list of what they can be made to do is in docs/threat-model.md.
 */
static void find_targets(struct adversary *adversary, const char *program)
{
    char name[64], line[4352];
    uint64_t library_end = 0;
    snprintf(name, sizeof name, "/proc/%d/maps", adversary->tracee->pid);
    FILE *maps = fopen(name, "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        char access[5], path[4097] = "";
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %4096s", &start, &end, access, path) < 3)
            continue;
        const bool ours = strcmp(path, program) == 0 || strstr(path, "libmemsentry_") != NULL;
        const bool library = path[0] == '/' && !ours;
        /* Its zero-initialized data follows it without a name. */
        if (library || (path[0] == '\0' && start == library_end)) {
            library_end = end;
            continue;
        }
        if (access[1] != 'w' || start < MEMSENTRY_SPLIT)
            continue;
        const bool heap = start >= MEMSENTRY_HEAP_START && start < MEMSENTRY_HEAP_END;
        const bool works = strcmp(path, program) == 0 || heap;
        add_mapping(adversary, start, end, works ? 20 : 2);
    }
    if (maps != NULL)
        fclose(maps);
    const struct victim *self = &adversary->tracee->self;
    if (self->unsafe_stack != 0)
        add_target(adversary, self->unsafe_stack - UNSAFE_STACK_BELOW, self->unsafe_stack + 256,
                   20);
    add_target(adversary, self->thread_block - 128, self->thread_block + 8, 4);
}

static const struct target *choose_target(struct adversary *adversary)
{
    uint64_t sum = 0;
    for (int i = 0; i < adversary->count; i++)
        sum += adversary->targets[i].weight;
    uint64_t left = below(adversary, sum);
    int i = 0;
    while (left >= adversary->targets[i].weight)
        left -= adversary->targets[i++].weight;
    return &adversary->targets[i];
}

static uint64_t choose_place(struct adversary *adversary)
{
    const struct target *target = choose_target(adversary);
    if (target->count > 0 && below(adversary, 8) != 0)
        return target->words[below(adversary, target->count)];
    return target->start + below(adversary, (target->end - target->start) / 8) * 8;
}

/* ---- values ---- */

/* An address that must not change. */
static uint64_t forbidden(struct adversary *adversary)
{
    const struct victim *self = &adversary->tracee->self;
    const struct range *canary = &self->canaries[below(adversary, ORACLE_CANARIES)];
    const uint64_t offset = below(adversary, 512) * 8;
    switch (below(adversary, 8)) {
    case 0:
        return MEMSENTRY_CONTROL_START + offset * 16;
    case 1: /* frames of main's callers; of main and what it calls */
        return self->frame + below(adversary, 64) * 8 - 128;
    case 2:
        return self->parked_frame + below(adversary, 64) * 8 - 256;
    case 3:
        return canary->start + below(adversary, canary->end - canary->start);
    default:
        return canary->start + offset % (canary->end - canary->start);
    }
}

static uint64_t number(struct adversary *adversary)
{
    static const uint64_t numbers[] = {
        0,
        1,
        UINT32_MAX,
        UINT64_MAX,
        (uint64_t)-8,
        INT32_MAX,
        UINT64_C(1) << 31,
        UINT64_C(1) << 63,
        MEMSENTRY_GUARD_REACH,
        MEMSENTRY_GUARD_REACH - 1,
        MEMSENTRY_GUARD_REACH + 1,
        MEMSENTRY_GUARD_REACH / 8,
        -MEMSENTRY_GUARD_REACH,
        MEMSENTRY_SPLIT,
        MEMSENTRY_SPLIT - 8,
        -MEMSENTRY_SPLIT,
        MEMSENTRY_USER_END - 8,
    };
    return numbers[below(adversary, sizeof numbers / sizeof *numbers)] +
           (below(adversary, 4) == 0 ? below(adversary, 64) - 32 : 0);
}

static uint64_t choose_value(struct adversary *adversary, uint64_t place)
{
    static const int64_t sizes[] = {1, 2, 4, 8, 8, 8, 16, 24, 32, 40, 48, 320};
    uint64_t other = 0;
    switch (below(adversary, 12)) {
    case 0:
        return number(adversary);
    case 1:
        (void)tracee_read(adversary->tracee, place, &other, 8);
        return other + below(adversary, 129) - 64;
    case 2:
        (void)tracee_read(adversary->tracee, place, &other, 8);
        return other ^ UINT64_C(1) << below(adversary, 64);
    case 3: /* an alias, or an address that is none at all */
        return forbidden(adversary) | UINT64_C(1)
                                          << (MEMSENTRY_SPLIT_BIT + below(adversary, 18));
    case 4: { /* an index that reaches down from something that is not known to us */
        (void)tracee_read(adversary->tracee, choose_place(adversary), &other, 8);
        const int64_t size = sizes[below(adversary, sizeof sizes / sizeof *sizes)];
        return (uint64_t)((int64_t)(forbidden(adversary) - other) / size);
    }
    case 5: /* what lies somewhere else */
        (void)tracee_read(adversary->tracee, choose_place(adversary), &other, 8);
        return other;
    case 6: /* the address of something in ordinary memory: what is there becomes an object */
        return choose_place(adversary);
    default:
        return forbidden(adversary);
    }
}

void adversary_write(struct adversary *adversary)
{
    const unsigned widths[] = {8, 8, 8, 8, 8, 4, 2, 1};
    struct corruption corruption = {choose_place(adversary), 0, widths[below(adversary, 8)]};
    corruption.value = choose_value(adversary, corruption.address);
    /* The half of a pointer that says where it points. */
    if (corruption.width == 4 && below(adversary, 2) == 0) {
        corruption.address += 4;
        corruption.value >>= 32;
    }
    if (tracee_write(adversary->tracee, corruption.address, &corruption.value,
                     corruption.width))
        adversary->last[adversary->writes++ % LAST_WRITES] = corruption;
}

void adversary_begin(struct adversary *adversary, const struct tracee *tracee,
                     const char *program, uint64_t seed)
{
    memset(adversary, 0, sizeof *adversary);
    adversary->tracee = tracee;
    /* Neighbouring seeds must not look alike, and zero would stay zero. */
    adversary->random = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) | 1;
    for (int i = 0; i < 8; i++)
        (void)adversary_random(adversary);
    find_targets(adversary, program);
}

void adversary_finish(struct adversary *adversary)
{
    for (int i = 0; i < adversary->count; i++)
        free(adversary->targets[i].words);
}
