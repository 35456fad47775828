// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lengths whose comparison with the guard LLVM folds away: the proof knows what LLVM knows of them.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=rw -O0 -c %s -o %t.o 2>&1 | count 0
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=rw -O1 -c %s -o %t.o 2>&1 | count 0
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=rw -O2 -c %s -o %t.o 2>&1 | count 0
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=rw -O3 -c %s -o %t.o 2>&1 | count 0

#include <string.h>

void clamp_above(char *p, unsigned long n)
{
    memset(p, 1, n < 64 ? n : 64);
}

void clamp_both(char *p, long n)
{
    memset(p, 1, n < 0 ? 0 : n > 9999 ? 9999 : n);
}

void quotient(char *p, unsigned long n, unsigned long by)
{
    memset(p, 1, (n & 0xffff) / by);
}

void remainder_of(char *p, char *q, unsigned long n, unsigned long m)
{
    memcpy(p, q, m < n % 512 ? m : n % 512);
}

void bits(char *p, unsigned long n)
{
    memset(p, 1, __builtin_popcountll(n));
}

void difference(char *p, unsigned long n)
{
    memset(p, 1, n > 100 ? n - 100 : 0);
}

void compared(char *p, unsigned long n)
{
    if (n > 4096)
        return;
    memset(p, 1, n);
}
