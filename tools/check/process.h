/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What protects a process: its address space, and the files in it. */
#ifndef MEMSENTRY_CHECK_PROCESS_H
#define MEMSENTRY_CHECK_PROCESS_H

#include <stdio.h>

#include "pool.h"

struct layout {
    bool arenas; /* all of them are reserved */
    bool guard;  /* below the split, without access */
    bool sealed; /* neither can be unmapped or made accessible */
};

/*
 * Reads an smaps file of /proc: the layout, and in `files` each file that code is mapped of,
 * once, in order. Returns 0, -EIO, or -ENOMEM.
 */
int process_read(struct pool *pool, FILE *smaps, struct layout *layout, struct strings *files);

#endif
