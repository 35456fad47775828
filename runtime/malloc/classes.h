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
    uint8_t slab_bits;   /* 2^slab_bits slots are a slab: whole pages, 32 KiB at least */
    uint8_t room;        /* slots that a thread keeps */
    uint16_t row;        /* where those of the class start in a cache */
    uint16_t slab_slots; /* 2^slab_bits */
    uint16_t first; /* where the states of its first slab start among those of all classes */
};

#define CLASS_SIZE(c)                                                                          \
    ((c) < 8 ? 16u * ((c) + 1) : (5u + ((c)-8) % 4) << (5 + ((c) < 8 ? 0 : ((c)-8) / 4)))
#define CLASS_SLAB_BITS(c)                                                                     \
    ((c) >= 40  ? 0                                                                            \
     : (c) >= 8 ? 9 - ((c)-4) / 4                                                              \
     : (c) >= 4 ? 9                                                                            \
     : (c) >= 2 ? 10                                                                           \
     : (c) == 1 ? 11                                                                           \
                : 12)
/*
 * Slots of the first slabs of all classes below `c`. The `&` is for compilers that warn of
 * shifts which are not evaluated.
 */
#define CLASS_FIRST(c)                                                                         \
    ((c) >= 40  ? 12280 + ((c)-40)                                                             \
     : (c) >= 8 ? 10240 + 4 * (512 - (1024 >> (((c)-4) / 4 & 31))) +                           \
                      ((c)-8) % 4 * (1 << CLASS_SLAB_BITS(c))                                  \
     : (c) >= 4 ? 8192 + 512 * ((c)-4)                                                         \
     : (c) >= 2 ? 6144 + 1024 * ((c)-2)                                                        \
     : (c) == 1 ? 4096                                                                         \
                : 0)
#define CLASS_ROOM(c)                                                                          \
    ((c) < 16 ? CACHE_ROOM : (c) < 24 ? 32 : (c) < 32 ? 16 : (c) < 40 ? 8 : (c) < 48 ? 4 : 2)
/* Room of all classes below `c`. */
#define CLASS_ROW(c)                                                                           \
    ((c) < 16   ? CACHE_ROOM * (c)                                                             \
     : (c) < 24 ? 2048 + 32 * ((c)-16)                                                         \
     : (c) < 32 ? 2304 + 16 * ((c)-24)                                                         \
     : (c) < 40 ? 2432 + 8 * ((c)-32)                                                          \
     : (c) < 48 ? 2496 + 4 * ((c)-40)                                                          \
                : 2528 + 2 * ((c)-48))

#define CLASS(c)                                                                               \
    {                                                                                          \
        UINT64_MAX / CLASS_SIZE(c) + 1, CLASS_SIZE(c), CLASS_SLAB_BITS(c), CLASS_ROOM(c),      \
            CLASS_ROW(c), 1 << CLASS_SLAB_BITS(c), CLASS_FIRST(c)                              \
    }
#define CLASSES4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)

/* Read-only memory: nobody redirects what it says. */
static const struct heap_class heap_classes[HEAP_CLASSES] = {
    CLASSES4(0),  CLASSES4(4),  CLASSES4(8),  CLASSES4(12), CLASSES4(16),
    CLASSES4(20), CLASSES4(24), CLASSES4(28), CLASSES4(32), CLASSES4(36),
    CLASSES4(40), CLASSES4(44), CLASSES4(48), CLASSES4(52), CLASSES4(56)};

static_assert(CLASS_SIZE(HEAP_CLASSES - 1) == HEAP_LARGEST, "the last class is the largest");

/* What is said twice above says the same. */
#define FOLLOWS(c)                                                                             \
    (CLASS_ROW((c) + 1) == CLASS_ROW(c) + CLASS_ROOM(c) &&                                     \
     CLASS_FIRST((c) + 1) == CLASS_FIRST(c) + (1 << CLASS_SLAB_BITS(c)) &&                     \
     (CLASS_SIZE(c) << CLASS_SLAB_BITS(c)) % 4096 == 0 &&                                      \
     (CLASS_SIZE(c) << CLASS_SLAB_BITS(c)) >= 32 * MEMSENTRY_KIB)
#define FOLLOWS4(c) (FOLLOWS(c) && FOLLOWS((c) + 1) && FOLLOWS((c) + 2) && FOLLOWS((c) + 3))
#define FOLLOWS16(c)                                                                           \
    (FOLLOWS4(c) && FOLLOWS4((c) + 4) && FOLLOWS4((c) + 8) && FOLLOWS4((c) + 12))
static_assert(FOLLOWS16(0) && FOLLOWS16(16) && FOLLOWS16(32) && FOLLOWS4(48) && FOLLOWS4(52) &&
                  FOLLOWS4(56),
              "rows and first slabs adjoin");

/* The class for `size` bytes, at most HEAP_LARGEST. */
static inline unsigned class_of_size(size_t size)
{
    const size_t last = size - (size != 0);
    const unsigned top = 63 - (unsigned)__builtin_clzll(last | 64);
    return (top - 6) * 4 + (unsigned)(last >> (top - 2));
}

/*
 * A class starts so far into its span. Zen tells the lines of a set in its first-level cache
 * apart by a hash of bits 12 to 27, where classes that all start with their spans would be
 * alike.
 */
static inline uint64_t class_margin(unsigned class)
{
    return class * (uint64_t)MEMSENTRY_MIB;
}

static inline uint64_t class_start(unsigned class)
{
    return MEMSENTRY_HEAP_START + ((uint64_t) class << HEAP_SPAN_BITS) + class_margin(class);
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
    /* Of an address in the margin, more than any slot has. */
    const uint64_t within = (offset & (HEAP_SPAN - 1)) - class_margin(*class);
    /* Exact: within * (reciprocal * size - 2^64) stays below 2^64. */
    *slot = (uint32_t)((unsigned __int128)within * heap_classes[*class].reciprocal >> 64);
    return (uint64_t)*slot * heap_classes[*class].size == within;
}

#endif
