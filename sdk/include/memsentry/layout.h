/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The address space of a hardened process, once for the compiler, the runtime and the tools.
 *
 * The program lives in the upper half of user space, the defenses in the lower half. One address
 * bit, the split bit, tells them apart; an instrumented access always has it set, so it cannot
 * reach down. docs/design.md draws the picture. No other file writes one of these numbers.
 */
#ifndef MEMSENTRY_LAYOUT_H
#define MEMSENTRY_LAYOUT_H

#include <assert.h>
#include <stdint.h>

#define MEMSENTRY_KIB (UINT64_C(1) << 10)
#define MEMSENTRY_MIB (UINT64_C(1) << 20)
#define MEMSENTRY_TIB (UINT64_C(1) << 40)

#if defined(__x86_64__)

/* 47-bit user space. */
#define MEMSENTRY_SPLIT_BIT 46
#define MEMSENTRY_USER_END (128 * MEMSENTRY_TIB)

#define MEMSENTRY_MIRROR_START (1 * MEMSENTRY_TIB)
#define MEMSENTRY_MIRROR_END (49 * MEMSENTRY_TIB)

/* Sealed configuration, slot tables, the region table. */
#define MEMSENTRY_CONTROL_START (49 * MEMSENTRY_TIB)
#define MEMSENTRY_CONTROL_END (50 * MEMSENTRY_TIB)
/* Safe stacks: one tebibyte per size class, see MEMSENTRY_STACK_CLASSES. */
#define MEMSENTRY_STACKS_START (50 * MEMSENTRY_TIB)
#define MEMSENTRY_STACKS_END (58 * MEMSENTRY_TIB)
/* saferegion_alloc(). */
#define MEMSENTRY_REGIONS_START (58 * MEMSENTRY_TIB)
#define MEMSENTRY_REGIONS_END (62 * MEMSENTRY_TIB)

#define MEMSENTRY_ARENAS_START MEMSENTRY_CONTROL_START
#define MEMSENTRY_ARENAS_END MEMSENTRY_REGIONS_END

#define MEMSENTRY_LOWER_GUARD_START (62 * MEMSENTRY_TIB)
/* The upper guard starts at the split. */
#define MEMSENTRY_UPPER_GUARD_END (80 * MEMSENTRY_TIB)

/*
 * What malloc hands out, reserved as a whole: above every place of a position-independent
 * executable (vm.mmap_rnd_bits is 32 at most), below the alias of the arenas.
 */
#define MEMSENTRY_HEAP_START (102 * MEMSENTRY_TIB)
#define MEMSENTRY_HEAP_END (111 * MEMSENTRY_TIB)

#else
#error "MemSentry has no address-space layout for this architecture"
#endif

/* First address of the upper half. `address | MEMSENTRY_SPLIT` is the SFI mask. */
#define MEMSENTRY_SPLIT (UINT64_C(1) << MEMSENTRY_SPLIT_BIT)

/*
 * How far an access may lie from a masked base, either way, and how long a variable-length access
 * may be. Everything within this distance of the upper half is a guard.
 */
#define MEMSENTRY_GUARD_REACH (1 * MEMSENTRY_TIB)

/*
 * Where a masked address of an arena ends up. Reserved where it is free, so that a blocked access
 * faults instead of being redirected to a mapping of the program.
 */
#define MEMSENTRY_ALIAS_START (MEMSENTRY_ARENAS_START + MEMSENTRY_SPLIT)
#define MEMSENTRY_ALIAS_END (MEMSENTRY_ARENAS_END + MEMSENTRY_SPLIT)

/*
 * A safe stack is a slot of a power-of-two size, aligned to its size: `address & -size` finds the
 * slot, and the tebibyte that it lies in tells the size. Class k holds slots of 4 MiB << 2k.
 */
#define MEMSENTRY_STACK_CLASSES 8
#define MEMSENTRY_STACK_CLASS_SPAN (1 * MEMSENTRY_TIB)
#define MEMSENTRY_STACK_SLOT_SIZE(k) ((4 * MEMSENTRY_MIB) << (2 * (k)))
#define MEMSENTRY_STACK_GUARD (1 * MEMSENTRY_MIB)
/*
 * At the end of a slot: a page about the thread, and behind it what setjmp saves, with more room
 * where recursion can be deeper.
 */
#define MEMSENTRY_STACK_RECORD_SIZE(k) (MEMSENTRY_STACK_SLOT_SIZE(k) / 16)

static_assert(MEMSENTRY_LOWER_GUARD_START + MEMSENTRY_GUARD_REACH <= MEMSENTRY_SPLIT,
              "a negative displacement must end in the lower guard");
static_assert(MEMSENTRY_SPLIT + MEMSENTRY_GUARD_REACH <= MEMSENTRY_UPPER_GUARD_END,
              "a positive displacement must not reach the program from below");
static_assert(MEMSENTRY_MIRROR_START >= MEMSENTRY_GUARD_REACH,
              "a displacement that wraps around zero must end in the bottom guard");
static_assert(MEMSENTRY_MIRROR_END - MEMSENTRY_MIRROR_START ==
                  MEMSENTRY_USER_END - MEMSENTRY_UPPER_GUARD_END,
              "the mirror covers the program");
static_assert(MEMSENTRY_MIRROR_END <= MEMSENTRY_ARENAS_START, "mirror and arenas overlap");
static_assert(MEMSENTRY_ARENAS_END <= MEMSENTRY_LOWER_GUARD_START, "arenas reach the guard");
static_assert(MEMSENTRY_ALIAS_END < MEMSENTRY_USER_END, "the alias lies in user space");
static_assert(MEMSENTRY_HEAP_START >= MEMSENTRY_UPPER_GUARD_END &&
                  MEMSENTRY_HEAP_END <= MEMSENTRY_ALIAS_START,
              "the heap lies between the upper guard and the alias");
static_assert(MEMSENTRY_STACKS_START + MEMSENTRY_STACK_CLASSES * MEMSENTRY_STACK_CLASS_SPAN ==
                  MEMSENTRY_STACKS_END,
              "the stack classes fill their arena");

#endif
