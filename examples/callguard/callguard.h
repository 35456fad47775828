/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What pass and runtime agree on. */
#ifndef CALLGUARD_H
#define CALLGUARD_H

/* Of each module's list; the linker makes __start_ and __stop_ symbols of such a name. */
#define CALLGUARD_SECTION "callguard_targets"

/* A target T is in slot (T >> SHIFT) % SLOTS, or in the first free one behind it. */
#define CALLGUARD_SLOTS 65536
#define CALLGUARD_SHIFT 4

#ifdef __cplusplus
extern "C" {
#endif

/* Its first word is the address of the table; the page is read-only when the program starts. */
extern void **callguard_table[];

/* Returns if `target` is in the table, else reports it and ends the process. */
void callguard_check(void *target);

#ifdef __cplusplus
}
#endif

#endif
