// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Spans of trusted code within a function: gates for a domain, no masks for addresses.
// RUN: %memsentry-clang -fmemsentry=mpk -O2 -DGOOD -S -emit-llvm %s -o - | %FileCheck %s --check-prefixes=CHECK,MPK
// RUN: %memsentry-clang -fmemsentry=mpk -O0 -DGOOD -c %s -o %t.o
// RUN: %memsentry-clang -fmemsentry=sfi -O2 -DGOOD -S -emit-llvm %s -o - | %FileCheck %s --check-prefixes=CHECK,SFI
// RUN: %not %memsentry-clang -fmemsentry=mpk -O2 -c %s -o %t.o 2>&1 | %FileCheck %s --check-prefix=BAD --implicit-check-not=error:
// RUN: %not %memsentry-clang -fmemsentry=sfi -O0 -c %s -o %t.o 2>&1 | %FileCheck %s --check-prefix=BAD --implicit-check-not=error:
#include <memsentry-runtime.h>

int helper(int *p);

#ifdef GOOD

// CHECK-LABEL: define {{.*}}@span(
// MPK-NEXT: asm sideeffect {{.*}}0x55555550
// SFI-NOT: or i64
// CHECK: store i32 %{{.*}}, ptr
// MPK-NEXT: asm sideeffect {{.*}}0x55555554
// SFI: or i64
// CHECK: store i32 4
// CHECK: ret void
void span(int *p, int *q)
{
    memsentry_open();
    *p = *q;
    memsentry_close();
    *q = 4;
}

// Each function that is called is its own affair, and not inlined.
static int inlined(int *p)
{
    return *p;
}

// CHECK-LABEL: define {{.*}}@calls(
// MPK: asm sideeffect {{.*}}0x55555554
// CHECK: call {{.*}}@inlined(
// MPK: asm sideeffect {{.*}}0x55555550
// CHECK: store i32
int calls(int *p)
{
    int v;
    memsentry_open();
    *p = 1;
    v = inlined(p);
    *p = v + 1;
    memsentry_close();
    return v;
}

// A scope ends on every way out of it, and spans nest.
// CHECK-LABEL: define {{.*}}@scope(
// CHECK-NOT: memsentry_close
// CHECK: ret i32
int scope(int *p, int n)
{
    MEMSENTRY_OPEN_SCOPE;
    if (n < 0)
        return *p;
    for (int i = 0; i < n; i++) {
        MEMSENTRY_OPEN_SCOPE;
        if (p[i] == 3)
            continue;
        p[i] = i;
    }
    return 0;
}

#else

// BAD: spans.c:[[@LINE+1]]:{{[0-9]+}}: error: the function is left between 'memsentry_open' and 'memsentry_close'
void left(int *p)
{
    memsentry_open();
    *p = 1;
}

// BAD: spans.c:[[@LINE+1]]:{{[0-9]+}}: error: 'memsentry_close' without 'memsentry_open' on the way to it
void twice(int *p)
{
    memsentry_open();
    *p = 1;
    memsentry_close();
    memsentry_close();
}

// BAD: spans.c:[[@LINE+1]]:{{[0-9]+}}: error: 'memsentry_open' and 'memsentry_close' differ on the ways that meet here
void differ(int *p, int c)
{
    if (c)
        memsentry_open();
    helper(p);
    if (c)
        memsentry_close();
}

// BAD: spans.c:[[@LINE+1]]:{{[0-9]+}}: error: a function that is not instrumented cannot use 'memsentry_open'
MEMSENTRY_NO_SANITIZE void alone(int *p)
{
    memsentry_open();
    *p = 1;
    memsentry_close();
}

#endif
