/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What regions hold, written and looked at by trusted code. */
#ifndef TESTS_CONTENTS_H
#define TESTS_CONTENTS_H

#include <stddef.h>

#include "memsentry-runtime.h"

/* Not each byte of a large block: gates take long on an emulated processor. */
static size_t stride(size_t size)
{
    return size / 512 + 1;
}

MEMSENTRY_SAFE static void fill(volatile char *memory, size_t size, char value)
{
    const size_t step = stride(size);
    for (size_t i = 0; i < size; i += i < 1024 ? 1 : step)
        memory[i] = value;
}

MEMSENTRY_SAFE static int all(const volatile char *memory, size_t size, char value)
{
    const size_t step = stride(size);
    for (size_t i = 0; i < size; i += i < 1024 ? 1 : step)
        if (memory[i] != value)
            return 0;
    return 1;
}

#endif
