/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Response files: @file stands for the arguments in the file, in the quoting of GNU and LLVM.
 */
#ifndef MEMSENTRY_DRIVER_RESPONSES_H
#define MEMSENTRY_DRIVER_RESPONSES_H

#include "pool.h"

/* Splits `length` bytes of `text` into arguments. */
void responses_split(struct pool *pool, const char *text, size_t length, struct strings *out);

/*
 * Appends `arguments` to `out` with every @file replaced, nested ones too. A file that cannot
 * be read, or that includes itself, stays as it is: clang then says what is wrong with it.
 */
void responses_expand(struct pool *pool, const struct strings *arguments, struct strings *out);

/* The text of a response file that stands for `arguments`; its length without the NUL. */
const char *responses_quote(struct pool *pool, const struct strings *arguments, size_t *length);

#endif
