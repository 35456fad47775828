/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Stands in for runtime/crypt/registers.c; see keys.h. */
#include <string.h>

#include "registers.h"

char memsentry_test_keys[5 * REGISTERS_SIZE];

bool registers_exist(void)
{
    return true;
}

bool registers_are_saved(void)
{
    return true;
}

uint32_t registers_frame_offset(void)
{
    return 0;
}

void registers_load(const void *contents)
{
    memcpy(memsentry_test_keys, contents, sizeof memsentry_test_keys);
}

void registers_resume(const void *frame)
{
    (void)frame;
}

/* Something in the process uses the registers for itself. */
__attribute__((visibility("default"))) void test_lose_keys(void);

void test_lose_keys(void)
{
    memset(memsentry_test_keys + REGISTERS_SIZE, 0, REGISTERS_SIZE);
}
