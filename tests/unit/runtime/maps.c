/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* /proc/self/maps: mappings of our own are found with their bounds, rights and names. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maps.h"

struct search {
    uint64_t address;
    struct mapping found;
};

static bool contains(const struct mapping *mapping, void *closure)
{
    struct search *search = closure;
    if (search->address < mapping->start || search->address >= mapping->end)
        return false;
    search->found = *mapping;
    return true;
}

Test(maps, anonymous)
{
    char *memory = mmap(NULL, 12288, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(mprotect(memory + 4096, 4096, PROT_READ) == 0);
    struct search search = {.address = (uint64_t)memory + 5000};
    cr_assert(maps_find(contains, &search));
    cr_assert_eq(search.found.start, (uint64_t)memory + 4096);
    cr_assert_eq(search.found.end, (uint64_t)memory + 8192);
    cr_assert(search.found.readable && !search.found.executable);
    cr_assert_str_empty(search.found.path);
    search.address = (uint64_t)memory;
    cr_assert(maps_find(contains, &search) && !search.found.readable);
}

Test(maps, file_with_blanks_at_an_offset)
{
    char path[] = "/tmp/a name with blanks XXXXXX";
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && ftruncate(fd, 0x3000) == 0);
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0x2000);
    struct search search = {.address = (uint64_t)memory};
    bool found = maps_find(contains, &search);
    unlink(path);
    cr_assert(memory != MAP_FAILED && found);
    cr_assert_str_eq(search.found.path, path);
    cr_assert_eq(search.found.offset, 0x2000);
    cr_assert(search.found.readable && search.found.executable);
}

Test(maps, nothing)
{
    struct search search = {.address = UINT64_MAX};
    cr_assert(!maps_find(contains, &search));
}
