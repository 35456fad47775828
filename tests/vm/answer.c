/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A shared library that only the RUNPATH of probe finds. */
int answer(void);

__attribute__((visibility("default"))) int answer(void)
{
    return 42;
}
