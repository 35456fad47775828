/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A safe region of one's own, by the installed header. */
#include <memsentry-runtime.h>
#include <stdio.h>

__attribute__((section("memsentry_functions"))) static void set(long *secret, long value)
{
    *secret = value;
}

int main(int count, char **arguments)
{
    long *secret = saferegion_alloc_named(4096, "secret");

    (void)arguments;
    set(secret, 42);
    if (count > 1)
        *secret = 43;
    puts("set");
    return 0;
}
