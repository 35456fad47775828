/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* llvm-symbolizer as a child process that answers questions. */
#ifndef MEMSENTRY_SYMBOLIZE_SYMBOLIZER_H
#define MEMSENTRY_SYMBOLIZE_SYMBOLIZER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct symbolizer {
    FILE *questions;
    FILE *answers;
    pid_t child;
};

/* Where a piece of code comes from. `file` is empty when only the function is known. */
struct location {
    char *function;
    char *file; /* with line and column */
};

/*
 * Starts `program`; a name without a slash is looked up in PATH. The caller ignores SIGPIPE.
 * Returns 0 or a negative errno.
 */
int symbolizer_start(struct symbolizer *symbolizer, const char *program);

/*
 * Asks for the place `offset` in `path`. *locations, innermost first, is the caller's to free
 * with locations_free(); their number is the result, 0 when nothing is known, or a negative
 * errno.
 */
int symbolizer_ask(struct symbolizer *symbolizer, const char *path, uint64_t offset,
                   struct location **locations);

void locations_free(struct location *locations, int count);
void symbolizer_finish(struct symbolizer *symbolizer);

#endif
