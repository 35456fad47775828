/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A null dereference reaches the program's own handler as one. */
#include <setjmp.h>
#include <signal.h>

#include "check.h"

struct big {
    char padding[0x1234];
    int field;
};

static sigjmp_buf back;
static void *volatile seen;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    seen = info->si_addr;
    siglongjmp(back, 1);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    struct big *volatile null = NULL;

    seen = main;
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)null = 1;
    CHECK(seen == NULL);
    if (sigsetjmp(back, 1) == 0)
        null->field = 1;
    CHECK(seen == (void *)0x1234);
    /* Reads are not masked in the default mode and fault by themselves. */
    seen = main;
    if (sigsetjmp(back, 1) == 0)
        CHECK(*(volatile char *)null == 0 && 0);
    CHECK(seen == NULL);
    return 0;
}
