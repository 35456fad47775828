/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A program with a function pointer in ordinary memory, and an attacker who writes where he
 * likes: victim [pointer | table | page]. Exit status 42: he got what he wanted.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callguard.h"

/* Nobody takes its address: it is called directly, or not at all. */
__attribute__((noinline, used)) void grant_access(void)
{
    puts("access granted");
    fflush(stdout);
    _Exit(42);
}

static void deny_access(void)
{
    puts("access denied");
}

static void say_goodbye(void)
{
    puts("goodbye");
}

static struct {
    char name[16];
    void (*answer)(void);
    void (*leave)(void);
} session = {"guest", deny_access, say_goodbye};

/* The attacker knows where everything is; the compiler does not see that he asks. */
static void *address_of_grant_access(void)
{
    void *address;

    __asm__("lea grant_access(%%rip), %0" : "=r"(address));
    return address;
}

/* The bug: an arbitrary write. */
__attribute__((noinline)) static void write_anywhere(void *volatile *where, void *what)
{
    *where = what;
}

int main(int count, char **arguments)
{
    const char *attack = count > 1 ? arguments[1] : "";

#ifndef UNGUARDED
    if (strcmp(attack, "table") == 0) {
        uintptr_t slot = (uintptr_t)address_of_grant_access() >> CALLGUARD_SHIFT;
        write_anywhere(&callguard_table[0][slot % CALLGUARD_SLOTS], address_of_grant_access());
    }
    if (strcmp(attack, "page") == 0)
        write_anywhere((void *volatile *)&callguard_table[0],
                       calloc(CALLGUARD_SLOTS, sizeof(void *)));
#endif
    if (*attack != '\0')
        write_anywhere((void *volatile *)&session.answer, address_of_grant_access());
    if (strcmp(session.name, "root") == 0)
        grant_access();
    session.answer();
    session.leave();
    return 0;
}
