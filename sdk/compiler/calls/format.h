/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a format of the printf family does to its arguments. */
#ifndef MEMSENTRY_FORMAT_H
#define MEMSENTRY_FORMAT_H

#include <stdbool.h>

#include <llvm-c/Types.h>

#define FORMAT_ARGUMENTS_MAX 64

struct format {
    bool known; /* a constant that could be read */
    unsigned count;
    unsigned char modes[FORMAT_ARGUMENTS_MAX]; /* of enum access_mode */
};

/* Reads the format in argument `index` of the call. */
void format_of_argument(struct format *format, LLVMValueRef call, unsigned index);

/* The accesses through argument `index`, counted from the first that the format is for. */
unsigned format_access(const struct format *format, unsigned index);

#endif
