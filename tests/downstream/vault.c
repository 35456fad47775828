/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program with something to keep: a number in a safe region, which only trusted functions
 * reach. */
#include <memsentry-runtime.h>
#include <stdio.h>

__attribute__((section("memsentry_functions"))) static void set(long *number, long value)
{
    *number = value;
}

__attribute__((section("memsentry_functions"))) static long get(const long *number)
{
    return *number;
}

int main(int count, char **arguments)
{
    long *number = saferegion_alloc_named(sizeof *number, "vault");

    (void)arguments;
    if (number == NULL)
        return 1;
    set(number, 42);
    if (count > 1)
        *(volatile long *)number = 43;
    printf("%ld\n", get(number));
    return 0;
}
