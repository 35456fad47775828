/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The heap's arithmetic: from a size to a class, from an address to a slot and back. */
#include <criterion/criterion.h>

#include "malloc/classes.h"

Test(classes, the_smallest_that_fits)
{
    for (size_t size = 0; size <= HEAP_LARGEST; size++) {
        const unsigned class = class_of_size(size);
        cr_assert(class < HEAP_CLASSES && heap_classes[class].size >= size);
        cr_assert(class == 0 || heap_classes[class - 1].size < size, "size %zu", size);
    }
}

Test(classes, little_is_lost)
{
    for (unsigned class = 8; class < HEAP_CLASSES; class ++)
        cr_assert(heap_classes[class].size * 4 <= heap_classes[class - 1].size * 5);
}

Test(classes, slabs_are_whole_pages)
{
    for (unsigned class = 0; class < HEAP_CLASSES; class ++) {
        const uint64_t size = (uint64_t)heap_classes[class].size
                              << heap_classes[class].slab_bits;
        cr_assert(size % 4096 == 0 && size >= 32768);
        cr_assert(heap_classes[class].room >= 2 && heap_classes[class].room <= CACHE_ROOM);
    }
}

static void check_slot(unsigned class, uint64_t slot)
{
    unsigned found_class;
    uint32_t found_slot;
    char *address = slot_address(class, (uint32_t)slot);
    cr_assert(slot_of(address, &found_class, &found_slot));
    cr_assert(found_class == class && found_slot == slot);
    /* No other address in it is its start. */
    const uint64_t size = heap_classes[class].size;
    for (uint64_t offset = 1; offset < size; offset += size / 16)
        cr_assert_not(slot_of(address + offset, &found_class, &found_slot));
    cr_assert_not(slot_of(address + size - 1, &found_class, &found_slot));
}

Test(classes, addresses_and_slots)
{
    for (unsigned class = 0; class < HEAP_CLASSES; class ++) {
        const uint64_t slots = (HEAP_SPAN - class_margin(class)) / heap_classes[class].size;
        for (uint64_t slot = 0; slot < 5000 && slot < slots; slot++)
            check_slot(class, slot);
        for (uint64_t slot = slots - 1000; slot < slots; slot++)
            check_slot(class, slot);
        for (uint64_t slot = 1; slot < slots; slot = slot * 3 + 1)
            check_slot(class, slot);
    }
}

Test(classes, what_is_no_slot)
{
    static const uint64_t addresses[] = {0,
                                         1,
                                         MEMSENTRY_HEAP_START - 16,
                                         MEMSENTRY_HEAP_START + HEAP_CLASSES * HEAP_SPAN,
                                         MEMSENTRY_HEAP_END,
                                         MEMSENTRY_REGIONS_START,
                                         MEMSENTRY_CONTROL_START,
                                         UINT64_MAX - 15};
    unsigned class;
    uint32_t slot;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        cr_assert_not(slot_of((void *)addresses[i], &class, &slot));
    for (unsigned i = 1; i < HEAP_CLASSES; i++) {
        cr_assert_not(slot_of((char *)class_start(i) - heap_classes[i].size, &class, &slot));
        cr_assert_not(slot_of((char *)class_start(i) - class_margin(i), &class, &slot));
    }
}
