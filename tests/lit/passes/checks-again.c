// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bitcode with checks in it is compiled again without a word, and has no more of them; what would
// take the bound registers away is refused.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=mpx -O2 -emit-llvm -c %s -o %t.bc 2>&1 | count 0
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=mpx -O2 -S -emit-llvm -x ir %t.bc -o %t.ll 2>&1 | count 0
// RUN: %FileCheck %s < %t.ll
// RUN: not %memsentry-clang -fmemsentry=mpx -Wno-memsentry-no-safestack -mxsave -DRESTORE -O2 -S %s -o %t.s 2>&1 | %FileCheck %s --check-prefix=RESTORE
// RUN: %memsentry-clang -fmemsentry=sfi -Wno-memsentry-no-safestack -mxsave -DRESTORE -O2 -S %s -o %t.s 2>&1 | count 0

#include <immintrin.h>

// CHECK-LABEL: @put(
// CHECK: call ptr asm sideeffect ".ifc
// CHECK-NOT: asm
// CHECK: ret void
void put(int *p)
{
    *p = 1;
}

#ifdef RESTORE
// RESTORE: checks-again.c:{{.*}} error: MemSentry cannot keep checks of addresses: this restores the bound registers from memory; a function that has been reviewed can be marked MEMSENTRY_NO_SANITIZE
void restore(void *area)
{
    _xrstor(area, -1);
}
#endif
