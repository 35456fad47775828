// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The list of defenses goes with the bitcode to the linker, whose plugin applies them; not LLVM's own
// pass, which knows less. Beside it lies an object that was compiled to the end.
// DEFINE: %{flto} = -flto=full
// DEFINE: %{level} = -O2
// DEFINE: %{clang} = %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// DEFINE:   -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack -fPIC %{level}
// DEFINE: %{test} = %{clang} %{flto} -c %s -o %t.1.o && \
// DEFINE:   %{clang} -DPLAIN -c %s -o %t.2.o && %lld-plugin %t.1.o %t.2.o -o %t.so && \
// DEFINE:   %objdump %t.so | %FileCheck %s && \
// DEFINE:   llvm-readelf --string-dump=.note.memsentry %t.so | %FileCheck %s --check-prefix=NOTE

// RUN: %{test}
// REDEFINE: %{flto} = -flto=thin
// RUN: %{test}
// REDEFINE: %{level} = -O0
// RUN: %{test}
// REDEFINE: %{flto} = -flto=full
// RUN: %{test}

void take(void *);

// CHECK-LABEL: <plain>:
// CHECK: %fs:
// LLVM's own lowering would keep this array where it is: its analysis does not look at atomics.
// CHECK-LABEL: <atomic>:
// CHECK: %fs:
// CHECK: {{movabsq|btsq}}
// CHECK: retq
// NOTE-COUNT-2: defenses=safe-stack
// NOTE-NOT: abi=
#ifndef PLAIN
int atomic(long i)
{
    int a[8] = {0};
    __sync_fetch_and_add(&a[i], 1);
    return 0;
}
#else
void plain(void)
{
    int a[8];
    take(a);
}
#endif
