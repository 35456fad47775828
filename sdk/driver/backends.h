/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* --print-memsentry-backends: what is there, what this machine has, and why not. */
#ifndef MEMSENTRY_DRIVER_BACKENDS_H
#define MEMSENTRY_DRIVER_BACKENDS_H

#include <stdio.h>

void print_backends(FILE *out);

#endif
