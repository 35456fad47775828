/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an address space says of its protection. */
#include <criterion/criterion.h>

#include <string.h>

#include "process.h"

#define GUARD "3e0000000000-400000000000 ---p 00000000 00:00 0 \nVmFlags: mr mw me nr sl \n"
#define CONTROL "310000000000-310000010000 r--p 00000000 00:00 0 \nVmFlags: rd mr nr sl \n"
#define STACKS "310000010000-3e0000000000 rw-p 00000000 00:00 0 \nVmFlags: rd wr mr nr sl \n"
#define PROGRAM                                                                                \
    "55e8ba127000-55e8ba128000 r--p 00000000 fe:00 10952917     /bin/a b\nVmFlags: rd \n"      \
    "55e8ba128000-55e8ba129000 r-xp 00000000 fe:00 10952917     /bin/a b\nVmFlags: rd \n"      \
    "55e8ba129000-55e8ba12a000 r-xp 00000000 fe:00 10952917     /bin/a b\nVmFlags: rd \n"      \
    "7f6c27cd8000-7f6c27cdb000 rw-p 00000000 00:00 0 \nVmFlags: rd \n"                         \
    "7f6c27d01000-7f6c27e57000 r-xp 00026000 fe:00 33  /lib/c.so\nVmFlags: rd \n"              \
    "7f6c27ee3000-7f6c27ee5000 r-xp 00000000 00:00 0   [vdso]\nVmFlags: rd \n"

static struct pool pool;
static struct layout layout;
static struct strings files;

static void finish(void)
{
    pool_free(&pool);
}

TestSuite(process, .fini = finish);

static void read_text(const char *text)
{
    FILE *file = fmemopen((char *)text, strlen(text), "r");

    memset(&files, 0, sizeof files);
    memset(&layout, 0xff, sizeof layout);
    cr_assert_eq(process_read(&pool, file, &layout, &files), 0);
    fclose(file);
}

Test(process, all_is_there)
{
    read_text(CONTROL STACKS GUARD PROGRAM);
    cr_assert(layout.arenas);
    cr_assert(layout.guard);
    cr_assert(layout.sealed);
    cr_assert_eq(files.count, 2);
    cr_assert_str_eq(files.items[0], "/bin/a b");
    cr_assert_str_eq(files.items[1], "/lib/c.so");
}

Test(process, nothing_is_there)
{
    read_text(PROGRAM);
    cr_assert_not(layout.arenas);
    cr_assert_not(layout.guard);
    cr_assert_not(layout.sealed);
}

Test(process, a_part_that_is_not_sealed)
{
    read_text(
        CONTROL
        "310000010000-3e0000000000 rw-p 00000000 00:00 0 \nVmFlags: rd wr mr nr \n" GUARD);
    cr_assert(layout.arenas);
    cr_assert_not(layout.sealed);
}

Test(process, a_hole)
{
    read_text(
        CONTROL
        "310000020000-3e0000000000 rw-p 00000000 00:00 0 \nVmFlags: rd wr mr sl \n" GUARD);
    cr_assert_not(layout.arenas);
    cr_assert_not(layout.sealed);
}

Test(process, what_is_not_the_runtimes)
{
    read_text(
        CONTROL
        "310000010000-3e0000000000 rw-p 00000000 00:00 0    /tmp/x\nVmFlags: sl \n" GUARD);
    cr_assert_not(layout.arenas);
    read_text(CONTROL
              "310000010000-3e0000000000 rwxp 00000000 00:00 0 \nVmFlags: rd sl \n" GUARD);
    cr_assert_not(layout.arenas);
}

Test(process, a_guard_that_can_be_accessed)
{
    read_text(CONTROL STACKS
              "3e0000000000-400000000000 r--p 00000000 00:00 0 \nVmFlags: mr sl \n");
    cr_assert_not(layout.guard);
}
