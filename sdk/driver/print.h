/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the driver says, in clang's manner. */
#ifndef MEMSENTRY_DRIVER_PRINT_H
#define MEMSENTRY_DRIVER_PRINT_H

#include "request.h"

/* `program` is what the driver was called as. */
void print_error(const char *program, enum colours colours, const char *message);

/* Prints the warnings that the request calls for; -EINVAL when one of them is an error. */
int print_warnings(struct pool *pool, const char *program, const struct request *request);

/* "memsentry: backend sfi, mode w, defenses safe-stack" */
void print_summary(const struct request *request);

void print_help(const char *program);
void print_version(void);

#endif
