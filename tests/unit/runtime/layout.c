/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The layout's promises in numbers: what a mask does to every kind of address. */
#include <criterion/criterion.h>

#include "memsentry/layout.h"

static uint64_t mask(uint64_t address)
{
    return address | MEMSENTRY_SPLIT;
}

Test(layout, masks)
{
    /* Addresses of the program stay what they are. */
    cr_assert_eq(mask(0x555555554000), 0x555555554000);
    cr_assert_eq(mask(0x7fffffffe000), 0x7fffffffe000);
    /* Everything below the split goes above it. */
    for (uint64_t address = 0; address < MEMSENTRY_SPLIT; address += MEMSENTRY_TIB / 2)
        cr_assert(mask(address) >= MEMSENTRY_SPLIT && mask(address) < MEMSENTRY_USER_END);
    cr_assert_eq(mask(MEMSENTRY_ARENAS_START), MEMSENTRY_ALIAS_START);
    /* Larger addresses stay non-canonical or the kernel's. */
    cr_assert(mask(MEMSENTRY_USER_END) >= MEMSENTRY_USER_END);
    cr_assert(mask(UINT64_MAX) == UINT64_MAX);
}

Test(layout, displacements)
{
    /* From any masked base, the farthest displacements stay out of arenas and mirror. */
    uint64_t lowest = MEMSENTRY_SPLIT - MEMSENTRY_GUARD_REACH;
    cr_assert(lowest >= MEMSENTRY_LOWER_GUARD_START && lowest >= MEMSENTRY_ARENAS_END);
    uint64_t wrapped = UINT64_MAX + MEMSENTRY_GUARD_REACH;
    cr_assert(wrapped < MEMSENTRY_MIRROR_START);
}

Test(layout, stack_classes)
{
    for (int k = 0; k < MEMSENTRY_STACK_CLASSES; k++) {
        uint64_t size = MEMSENTRY_STACK_SLOT_SIZE(k);
        cr_assert_eq(size & (size - 1), 0);
        cr_assert_eq(MEMSENTRY_STACKS_START % size, 0, "slots of class %d are aligned", k);
        cr_assert_geq(MEMSENTRY_STACK_CLASS_SPAN / size, 16);
    }
}
