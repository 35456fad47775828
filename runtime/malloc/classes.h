/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Size classes of the heap, and where a slot of one lies: arithmetic on constants, so that an
 * address alone tells class and slot. Up to 128 bytes every multiple of 16 is a class, above
 * that four steps to each doubling.
 */
#ifndef MALLOC_CLASSES_H
#define MALLOC_CLASSES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memsentry/layout.h"

#define HEAP_CLASSES 60
/* Classes have spans of equal size; four are not used. */
#define HEAP_SPANS 64
#define HEAP_SPAN_BITS 36
#define HEAP_SPAN (UINT64_C(1) << HEAP_SPAN_BITS)
/* The largest class. What is larger has a mapping of its own, see large.c. */
#define HEAP_LARGEST MEMSENTRY_MIB

/* Slots that a thread keeps of one class, at most. */
#define CACHE_ROOM 128

struct heap_class {
    uint64_t reciprocal; /* 2^64 / size, rounded up */
    uint32_t size;
    uint8_t slab_bits; /* 2^slab_bits slots are a slab: whole pages, 32 KiB at least */
    uint8_t room;      /* slots that a thread keeps */
};

#define CLASS_SIZE(c)                                                                          \
    ((c) < 8 ? 16u * ((c) + 1) : (5u + ((c)-8) % 4) << (5 + ((c) < 8 ? 0 : ((c)-8) / 4)))
#define CLASS_SLAB_BITS(size)                                                                  \
    ((size) > 32768   ? 0                                                                      \
     : (size) > 16384 ? 1                                                                      \
     : (size) > 8192  ? 2                                                                      \
     : (size) > 4096  ? 3                                                                      \
     : (size) > 2048  ? 4                                                                      \
     : (size) > 1024  ? 5                                                                      \
     : (size) > 512   ? 6                                                                      \
     : (size) > 256   ? 7                                                                      \
     : (size) > 128   ? 8                                                                      \
     : (size) > 64    ? 9                                                                      \
     : (size) > 32    ? 10                                                                     \
     : (size) > 16    ? 11                                                                     \
                      : 12)
#define CLASS_ROOM(size)                                                                       \
    ((size) <= 512      ? CACHE_ROOM                                                           \
     : (size) <= 2048   ? 32                                                                   \
     : (size) <= 8192   ? 16                                                                   \
     : (size) <= 32768  ? 8                                                                    \
     : (size) <= 131072 ? 4                                                                    \
                        : 2)

#define CLASS(c)                                                                               \
    {                                                                                          \
        UINT64_MAX / CLASS_SIZE(c) + 1, CLASS_SIZE(c), CLASS_SLAB_BITS(CLASS_SIZE(c)),         \
            CLASS_ROOM(CLASS_SIZE(c))                                                          \
    }
#define CLASSES4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)

/* Read-only memory: nobody redirects what it says. */
static const struct heap_class heap_classes[HEAP_CLASSES] = {
    CLASSES4(0),  CLASSES4(4),  CLASSES4(8),  CLASSES4(12), CLASSES4(16),
    CLASSES4(20), CLASSES4(24), CLASSES4(28), CLASSES4(32), CLASSES4(36),
    CLASSES4(40), CLASSES4(44), CLASSES4(48), CLASSES4(52), CLASSES4(56)};

static_assert(CLASS_SIZE(HEAP_CLASSES - 1) == HEAP_LARGEST, "the last class is the largest");

/* The class for `size` bytes, at most HEAP_LARGEST. */
static inline unsigned class_of_size(size_t size)
{
    const size_t last = size - (size != 0);
    const unsigned top = 63 - (unsigned)__builtin_clzll(last | 64);
    return (top - 6) * 4 + (unsigned)(last >> (top - 2));
}

static inline uint64_t class_start(unsigned class)
{
    return MEMSENTRY_HEAP_START + ((uint64_t) class << HEAP_SPAN_BITS);
}

static inline void *slot_address(unsigned class, uint32_t slot)
{
    return (void *)(class_start(class) + (uint64_t)slot * heap_classes[class].size);
}

/* Class and slot that start at `pointer`; false when none does. */
static inline bool slot_of(const void *pointer, unsigned *class, uint32_t *slot)
{
    const uint64_t offset = (uint64_t)pointer - MEMSENTRY_HEAP_START;
    *class = (unsigned)(offset >> HEAP_SPAN_BITS);
    if (offset >= HEAP_CLASSES * HEAP_SPAN)
        return false;
    const uint64_t within = offset & (HEAP_SPAN - 1);
    /* Exact: within * (reciprocal * size - 2^64) stays below 2^64. */
    *slot = (uint32_t)((unsigned __int128)within * heap_classes[*class].reciprocal >> 64);
    return (uint64_t)*slot * heap_classes[*class].size == within;
}

#endif
