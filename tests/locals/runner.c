/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Runs generated functions with indices that are out of range, each in a process of its own,
 * and looks at the native stack: at what the function says of its own frame, and at all frames
 * above, which have to be what they were. Not instrumented.
 *
 * Usage: PROGRAM MAXIMUM [MINIMUM]: ends with status 1 when more functions than MAXIMUM changed
 * it, or fewer than MINIMUM did: a control. Prints the functions and indices of those that
 * count.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "locals.h"

volatile long locals_attack[4];
const char locals_source[512] = {1, 2, 3};
const char locals_text[] = "a text that is longer than most variables here, and not by little";
const void *volatile locals_return, *volatile locals_frame;

static const long indices[] = {
    -1, -2, -3, -4, -8, -9, -16, -17, -24, -32, -64, -128, 1,
    2,  3,  4,  7,  8,  9,  12,  15,  16,  17,  24,  25,   32,
    33, 40, 41, 48, 64, 80, 99,  120, 128, 200, 255, 256,  0x4141414141414141};
#define INDICES (sizeof indices / sizeof *indices)

static char before[1 << 20];

/* The end of the mapping that the stack pointer is in, or of what is worth looking at. */
static size_t bytes_above(const char *from)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long low, high;
    size_t found = 0;
    while (found == 0 && fscanf(maps, "%lx-%lx%*[^\n]", &low, &high) == 2)
        if (low <= (unsigned long)from && (unsigned long)from < high)
            found = high - (unsigned long)from;
    fclose(maps);
    return found < sizeof before ? found : sizeof before;
}

/* In a frame with a frame pointer; what the function shall find is written down before. */
__attribute__((noinline)) static long call(long (*function)(void))
{
    long result;
    __asm__ volatile("movq %%rbp, locals_frame(%%rip)\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "movq %%rax, locals_return(%%rip)\n\t"
                     "movq %%rsp, %%r12\n\t"
                     "leaq -128(%%rsp), %%rsp\n\t"
                     "andq $-16, %%rsp\n\t"
                     "call *%%rbx\n"
                     "1: movq %%r12, %%rsp"
                     : "=&a"(result), "+b"(function)
                     :
                     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
                       "r14", "r15", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                       "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                       "xmm13", "xmm14", "xmm15");
    return result;
}

/* Does not return. */
static void attempt(int number, long index)
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    /* Some loops do not end: what they store is over soon. */
    alarm(1);
    freopen("/dev/null", "w", stderr);
    for (int i = 0; i < 4; i++)
        locals_attack[i] = index + i;
    char *const from = __builtin_frame_address(0);
    const size_t size = bytes_above(from);
    memcpy(before, from, size);
    const long wrong = call(locals_functions[number]);
    _exit(wrong != 0 || memcmp(before, from, size) != 0 ? 3 : 0);
}

/* Whether the native stack was changed; where nothing else is, a crash says so too. */
static int changes(int number, long index, int crashes_count)
{
    const pid_t child = fork();
    int status;
    if (child == 0)
        attempt(number, index);
    if (waitpid(child, &status, 0) != child)
        exit(2);
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 3;
    return crashes_count;
}

int main(int count, char **arguments)
{
    const int maximum = count > 1 ? atoi(arguments[1]) : 0;
    const int minimum = count > 2 ? atoi(arguments[2]) : 0;
    int changed = 0;
    for (int number = 0; number < locals_count; number++) {
        for (size_t i = 0; i < INDICES; i++) {
            if (!changes(number, indices[i], minimum > 0))
                continue;
            changed++;
            if (minimum == 0)
                printf("function%d changes the native stack with index %ld\n", number,
                       indices[i]);
            break;
        }
    }
    printf("%d of %d functions change the native stack\n", changed, locals_count);
    return changed > maximum || changed < minimum;
}
