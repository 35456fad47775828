/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lower half: reserved once, handed out piecewise, sealed where the kernel can.
 */
#ifndef RUNTIME_ARENA_H
#define RUNTIME_ARENA_H

#include <stdint.h>

/*
 * Maps mirror, arenas and lower guard and makes the control block usable. Returns a negative
 * errno when they cannot be had, and has then mapped nothing. Needs nothing of libc and no
 * relocation: a static executable calls it before it has either.
 */
int arena_map(void);

/*
 * Does so unless it is done. Ends the process with a message when the address space does not
 * suit.
 */
void arena_reserve_lower(void);

/*
 * Reserves what is free of the places that masked addresses of the arenas lead to. Address
 * backends only.
 */
void arena_reserve_alias(void);

/*
 * Marks regions and tables as memory that the backend protects. Call before anything of it is
 * sealed. 0 or a negative errno.
 */
int arena_mark(void);

/* Makes the configuration read-only and seals it. Call once, when start-up is over. */
void arena_seal_config(void);

/* Makes [start, start + size) of an arena usable, zeroed on first use. 0 or a negative errno.
 */
int arena_open(uint64_t start, uint64_t size);
/* Makes what of it nobody has opened yet readable: zeroes. Call before the rest is opened. */
int arena_show(uint64_t start, uint64_t size);
/* Makes it a guard: every access faults. */
int arena_guard(uint64_t start, uint64_t size);
/* Undoes arena_guard(). */
int arena_unguard(uint64_t start, uint64_t size);
/* Drops the contents; the next access reads zeroes. */
void arena_discard(uint64_t start, uint64_t size);

#endif
