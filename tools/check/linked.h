/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the headers and tables of a linked file say of its protection. */
#ifndef MEMSENTRY_CHECK_LINKED_H
#define MEMSENTRY_CHECK_LINKED_H

#include "module.h"

/*
 * Completes `module`, whose notes were counted, from the program or library `path`. Returns 0,
 * or a negative errno.
 */
int linked_read(struct pool *pool, const char *path, struct module *module);

#endif
