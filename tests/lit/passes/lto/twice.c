// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bitcode that is compiled again is instrumented exactly once, whoever does it and whenever.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -flto -c %s -o %t.full.bc
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -flto=thin -c %s -o %t.thin.bc
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -emit-llvm -c %s -o %t.done.bc
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O0 -flto=thin -c %s -o %t.none.bc

// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -S %t.full.bc -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O0 -S %t.full.bc -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -S %t.thin.bc -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O0 -S %t.thin.bc -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -S %t.done.bc -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -S %t.none.bc -o - | %FileCheck %s
// RUN: %clang -O2 -S %t.done.bc -o - | %FileCheck %s
// RUN: %clang -O2 -S %t.none.bc -o - | %FileCheck %s

// The plugin without options does what an earlier call was told to.
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -O2 -S %t.full.bc -o - | %FileCheck %s

// Instrumented before and linked: nothing is added.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -flto -fPIC -c %t.done.bc -o %t.o
// RUN: %lld-plugin %t.o -o %t.so
// RUN: %objdump %t.so | %FileCheck %s --check-prefix=LINKED

// Left out altogether, it does not link.
// RUN: %clang -O2 -S %t.full.bc -o - | %FileCheck %s --check-prefix=GUARD
// GUARD: .hidden __memsentry_was_not_applied_at_link
// GUARD: .quad __memsentry_was_not_applied_at_link

// CHECK-LABEL: store_one:
// CHECK: {{btsq|orq}}
// CHECK-NOT: {{btsq|orq|was_not_applied}}
// CHECK: abi=1
// CHECK-NOT: abi=1
// LINKED: <store_one>:
// LINKED: {{movabsq|btsq}}
// LINKED-NOT: {{movabsq|btsq}}
void store_one(int *p)
{
    *p = 1;
}
