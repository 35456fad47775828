/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The defenses of other authors: shared objects that -memsentry-defense-file= names. */
#ifndef MEMSENTRY_LOADER_H
#define MEMSENTRY_LOADER_H

#include <stddef.h>
#include <stdint.h>

struct memsentry_defense;

#define LOADER_MAX 8

/*
 * Loads them and reads -memsentry-defense-arg=, the first time; says the same every time.
 * Returns 0, or a negative errno with the message in `error`. Thread-safe, as all here.
 */
int loader_load(char *error, size_t error_size);

/* In the order of the command line; none before loader_load(), nor when it failed. */
size_t loader_count(void);
const struct memsentry_defense *loader_defense(size_t index);

/* Of the options of all of them, for comparison; 0 when there are none. */
uint64_t loader_options_hash(void);

#endif
