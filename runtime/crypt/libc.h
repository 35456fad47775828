/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libc and the registers of the key. Its string functions for AVX-512 use them: those that
 * ignore case always, those that copy many megabytes at once. It chooses such functions when
 * the program is loaded, and can be told not to by its environment.
 */
#ifndef RUNTIME_CRYPT_LIBC_H
#define RUNTIME_CRYPT_LIBC_H

#include <stdbool.h>

/* Calls those of libc's functions that have code of their own for each kind of processor. */
void libc_try(void);

/*
 * Executes the program again, with the same arguments and GLIBC_TUNABLES that keep libc from
 * the registers. Returns when that was done before, or cannot be done.
 */
void libc_start_without(void);

#endif
