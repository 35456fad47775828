/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reserves and hands out the lower half; see arena.h. */
#include "arena.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "control.h"
#include "die.h"
#include "kernel.h"
#include "maps.h"

/* Read at start-up only. */
static bool mapped;

/* The first mapping that overlaps [start, end). */
struct overlap {
    uint64_t start, end;
    struct mapping found;
};

static bool overlaps(const struct mapping *mapping, void *closure)
{
    struct overlap *overlap = closure;
    if (mapping->end <= overlap->start || mapping->start >= overlap->end)
        return false;
    overlap->found = *mapping;
    return true;
}

/* What to do about a layout that puts the program low; false when it is none of the known. */
static bool put_layout_advice(struct text *text)
{
    if (kernel_limit(RLIMIT_STACK) == RLIM_INFINITY)
        text_put(text, "; an unlimited stack makes the kernel use the legacy address-space "
                       "layout: set a finite one, for instance 'ulimit -s 8192'");
    else if (kernel_legacy_layout())
        text_put(text, "; the legacy address-space layout is on: run the program without "
                       "'setarch -L'");
    else if (kernel_limit(RLIMIT_STACK) > MEMSENTRY_TIB)
        text_put(text, "; a very large stack limit moves the libraries down: lower it, for "
                       "instance 'ulimit -s 8192'");
    else
        return false;
    return true;
}

static _Noreturn void refuse_foreign(void)
{
    struct text text = {0};
    struct overlap overlap = {.start = MEMSENTRY_MIRROR_START, .end = MEMSENTRY_SPLIT};
    text_put(&text, "memsentry: error: ");
    if (!maps_find(overlaps, &overlap)) {
        text_put(&text,
                 "the lower half of the address space is not free, and without /proc the "
                 "mapping in the way cannot be named");
    } else {
        const struct mapping *found = &overlap.found;
        text_put(&text, "the mapping ");
        text_put_hex(&text, found->start, 1);
        text_put(&text, "-");
        text_put_hex(&text, found->end, 1);
        text_put(&text, " (");
        text_put(&text, found->path[0] != '\0' ? found->path : "anonymous memory");
        text_put(&text, ") lies where the safe regions belong");
    }
    if (!put_layout_advice(&text))
        text_put(&text, "; nothing may be mapped below the split address before the program "
                        "starts");
    refuse(&text);
}

static _Noreturn void refuse_limit(int error)
{
    struct text text = {0};
    uint64_t limit = kernel_limit(RLIMIT_AS);
    text_put(&text, "memsentry: error: cannot reserve address space for the safe regions");
    if (limit != RLIM_INFINITY) {
        text_put(&text, ": the limit on virtual memory is ");
        text_put_size(&text, limit);
        text_put(&text, " and address space, not memory, of 85 TiB is needed; run with "
                        "'ulimit -v unlimited'");
    } else {
        text_put(&text, ": the kernel says error ");
        text_put_decimal(&text, (uint64_t)-error);
    }
    refuse(&text);
}

/* Reserves what is free of [start, end); a mapping of the program stays. */
static bool reserve_gap(const struct mapping *mapping, void *closure)
{
    uint64_t *from = closure;
    if (mapping->end <= *from)
        return false;
    uint64_t to = mapping->start < MEMSENTRY_ALIAS_END ? mapping->start : MEMSENTRY_ALIAS_END;
    if (to > *from)
        (void)kernel_map(*from, to - *from, PROT_NONE);
    *from = mapping->end;
    return *from >= MEMSENTRY_ALIAS_END;
}

void arena_reserve_alias(void)
{
    int error = kernel_map(MEMSENTRY_ALIAS_START, MEMSENTRY_ALIAS_END - MEMSENTRY_ALIAS_START,
                           PROT_NONE);
    if (error != -EEXIST)
        return;
    uint64_t from = MEMSENTRY_ALIAS_START;
    if (!maps_find(reserve_gap, &from) && from < MEMSENTRY_ALIAS_END)
        (void)kernel_map(from, MEMSENTRY_ALIAS_END - from, PROT_NONE);
}

/* Tells whether guard pages work on memory that is sealed, by doing it to the last page. */
static bool guard_pages_work(void)
{
    return kernel_advise(MEMSENTRY_ARENAS_END - PAGE, PAGE, KERNEL_MADV_GUARD_INSTALL) == 0;
}

static void check_program(void)
{
    uint64_t program = getauxval(AT_PHDR);
    if (program >= MEMSENTRY_SPLIT)
        return;
    struct text text = {0};
    text_put(&text, "memsentry: error: the program lies at ");
    text_put_hex(&text, program, 1);
    text_put(&text, ", in the lower half");
    if (!put_layout_advice(&text))
        text_put(&text, ": it must be position independent; link it with '-pie'");
    refuse(&text);
}

/* The arenas, in the best way that the kernel and the limits of the process allow. */
static int map_arenas(enum arena_mode *mode)
{
    const uint64_t size = MEMSENTRY_ARENAS_END - MEMSENTRY_ARENAS_START;
    *mode = ARENA_PROTECT;
    int error = kernel_map(MEMSENTRY_ARENAS_START, size, PROT_READ | PROT_WRITE);
    if (error == 0 && guard_pages_work())
        *mode = ARENA_GUARD_PAGES;
    else if (error == 0)
        error = kernel_protect(MEMSENTRY_ARENAS_START, size, PROT_NONE);
    else
        error = kernel_map(MEMSENTRY_ARENAS_START, size, PROT_NONE);
    if (error == 0 && *mode == ARENA_PROTECT)
        error = kernel_protect(MEMSENTRY_CONTROL_START, CONTROL_SIZE, PROT_READ | PROT_WRITE);
    return error;
}

/* Where everything is mapped, so that it can be undone. */
static const struct {
    uint64_t start, end;
} reservations[] = {
    {MEMSENTRY_MIRROR_START, MEMSENTRY_MIRROR_END},
    {MEMSENTRY_LOWER_GUARD_START, MEMSENTRY_SPLIT},
};
#define RESERVATIONS (sizeof reservations / sizeof *reservations)

int arena_map(void)
{
    enum arena_mode mode;
    size_t done = 0;
    int error = 0;
    for (; done < RESERVATIONS && error == 0; done += error == 0)
        error = kernel_map(reservations[done].start,
                           reservations[done].end - reservations[done].start, PROT_NONE);
    if (error == 0)
        error = map_arenas(&mode);
    if (error != 0) {
        while (done-- > 0)
            kernel_unmap(reservations[done].start,
                         reservations[done].end - reservations[done].start);
        return error;
    }
    const uint64_t size = MEMSENTRY_ARENAS_END - MEMSENTRY_ARENAS_START;
    (void)kernel_advise(MEMSENTRY_ARENAS_START, size, MADV_DONTDUMP);
    /* A huge page would make one touched slot cost 2 MiB. */
    (void)kernel_advise(MEMSENTRY_ARENAS_START, size, MADV_NOHUGEPAGE);
    CONTROL->config.arena_mode = mode;
    mapped = true;
    return 0;
}

void arena_reserve_lower(void)
{
    if (mapped)
        return;
    check_program();
    int error = arena_map();
    if (error == -EEXIST)
        refuse_foreign();
    if (error != 0)
        refuse_limit(error);
}

void arena_seal_config(void)
{
    struct config *config = &CONTROL->config;
    const uint64_t rest = MEMSENTRY_CONTROL_START + CONFIG_SIZE;
    /* What must be opened by mprotect later cannot be sealed. */
    config->sealed = config->arena_mode == ARENA_GUARD_PAGES &&
                     kernel_seal(rest, MEMSENTRY_ARENAS_END - rest) == 0 &&
                     kernel_seal(MEMSENTRY_MIRROR_START,
                                 MEMSENTRY_MIRROR_END - MEMSENTRY_MIRROR_START) == 0 &&
                     kernel_seal(MEMSENTRY_LOWER_GUARD_START,
                                 MEMSENTRY_SPLIT - MEMSENTRY_LOWER_GUARD_START) == 0;
    if (kernel_protect(MEMSENTRY_CONTROL_START, CONFIG_SIZE, PROT_READ) != 0)
        die("the configuration cannot be made read-only");
    if (CONFIG->sealed)
        (void)kernel_seal(MEMSENTRY_CONTROL_START, CONFIG_SIZE);
}
