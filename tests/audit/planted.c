/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program that tells where its safe stack is: the control of the audit. */
#include <stdio.h>

#include "memsentry-runtime.h"

void *volatile planted;

MEMSENTRY_NO_SANITIZE __attribute__((noinline)) static void plant(void)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "movq %%rsp, %0" : "=m"(planted));
}

int main(void)
{
    plant();
    return puts("planted") < 0;
}
