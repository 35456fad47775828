/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Ways to go somewhere else and nothing else: setjmp, longjmp, swapcontext, context. */
#include <setjmp.h>
#include <string.h>
#include <ucontext.h>

#include "../work.h"

enum { JUMPS = 1000000, SWITCHES = 20000, CONTEXTS = 5000, STACK = 65536 };

static jmp_buf buffer;
static ucontext_t here, there;
static char stack[STACK];
static unsigned sum;

__attribute__((noinline)) static int save(void)
{
    if (_setjmp(buffer))
        return 1;
    return 2;
}

__attribute__((noinline)) static int save_and_jump(void)
{
    if (_setjmp(buffer))
        return 1;
    _longjmp(buffer, 1);
}

static void saves(void)
{
    for (int i = 0; i < JUMPS; i++)
        sum += save();
}

static void jumps(void)
{
    for (int i = 0; i < JUMPS; i++)
        sum += save_and_jump();
}

static void go_back_and_forth(void)
{
    for (;;)
        swapcontext(&there, &here);
}

static void prepare(void (*function)(void))
{
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof(stack);
    there.uc_link = &here;
    makecontext(&there, function, 0);
}

static void switches(void)
{
    prepare(go_back_and_forth);
    for (int i = 0; i < SWITCHES; i++)
        swapcontext(&here, &there);
}

static void end_at_once(void)
{
    sum++;
}

/* A context from its start to its end. */
static void contexts(void)
{
    for (int i = 0; i < CONTEXTS; i++) {
        prepare(end_at_once);
        swapcontext(&here, &there);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } kinds[] = {{"setjmp", saves},
                 {"longjmp", jumps},
                 {"swapcontext", switches},
                 {"context", contexts}};
    int amount = work_amount(argc, argv);

    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        if (argc > 2 && !strcmp(argv[2], kinds[kind].name)) {
            for (int i = 0; i < amount; i++)
                kinds[kind].run();
            return print_checksum(sum);
        }
    }
    fprintf(stderr, "usage: %s PERCENT setjmp|longjmp|swapcontext|context\n", argv[0]);
    return 2;
}
