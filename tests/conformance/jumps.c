/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* setjmp and longjmp: both stacks come back, and masks are made anew. */
#include <setjmp.h>
#include <string.h>

#include "check.h"

static jmp_buf environment;

static void descend(int level, volatile char *above)
{
    char buffer[300];
    memset(buffer, level, sizeof buffer);
    escape(buffer);
    above[0]++;
    if (level == 0)
        longjmp(environment, 17);
    descend(level - 1, buffer);
}

__attribute__((noinline)) static int store_after_jump(int *first, int *second)
{
    volatile int rounds = 0;
    if (setjmp(environment) == 0) {
        *first = 1;
        longjmp(environment, 1);
    }
    rounds++;
    *first += 2;
    *second = rounds;
    return *first;
}

int main(void)
{
    char top[16] = {0}, *bottom = NULL;
    for (volatile int i = 0; i < 1000; i++) {
        if (setjmp(environment) == 0)
            descend(20, top);
        char here[16];
        escape(here);
        /* The unsafe stack does not creep. */
        if (bottom == NULL)
            bottom = here;
        CHECK(bottom == here && on_safe_stack());
    }
    CHECK(top[0] == (char)1000);
    int first = 0, second = 0;
    CHECK(store_after_jump(&first, &second) == 3 && second == 1);
    return 0;
}
