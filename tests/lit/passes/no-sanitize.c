// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that the source or the ignore list exempts: not instrumented, and fenced, so that the
// exemption neither spreads to others nor vanishes. SafeStack moves their locals all the same.
// DEFINE: %{clang} = %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// DEFINE:   -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack -I%include -fPIC
// RUN: %{clang} -O2 -S -emit-llvm %s -o - | %FileCheck %s --check-prefixes=CHECK,SOURCE
// RUN: %{clang} -O0 -S -emit-llvm %s -o - | %FileCheck %s --check-prefixes=CHECK,SOURCE

// RUN: echo '[memsentry]' > %t.list
// RUN: echo 'fun:list*' >> %t.list
// RUN: echo '[address]' >> %t.list
// RUN: echo 'fun:other' >> %t.list
// RUN: %{clang} -O2 -Xclang -mllvm -Xclang -memsentry-ignorelist=%t.list -S -emit-llvm %s -o - \
// RUN:   | %FileCheck %s --check-prefixes=CHECK,LIST
// RUN: echo 'src:*no-sanitize.c' > %t.list
// RUN: %{clang} -O2 -Xclang -mllvm -Xclang -memsentry-ignorelist=%t.list -S -emit-llvm %s -o - \
// RUN:   | %FileCheck %s --check-prefix=FILE

// Through the linker too.
// RUN: %{clang} -O2 -flto -c %s -o %t.o
// RUN: %lld-plugin %t.o -o %t.so --save-temps
// RUN: llvm-dis %t.so.0.5.precodegen.bc -o - | %FileCheck %s --check-prefix=LTO
// LTO-LABEL: define {{.*}}@source(
// LTO-NOT: or i64
// LTO: call {{.*}}@other(
// LTO: ret void
// LTO-LABEL: define {{.*}}@calls(
// LTO: call {{.*}}@source(
// LTO: or i64

// RUN: not %{clang} -c -Xclang -mllvm -Xclang -memsentry-ignorelist=%t.none %s -o %t.o 2>&1 \
// RUN:   | %FileCheck %s --check-prefix=MISSING
// MISSING: error: ignore list of MemSentry: can't open file '{{.*}}.none': No such file or directory
// RUN: echo 'fun' > %t.list
// RUN: not %{clang} -c -Xclang -mllvm -Xclang -memsentry-ignorelist=%t.list %s -o %t.o 2>&1 \
// RUN:   | %FileCheck %s --check-prefix=MALFORMED
// MALFORMED: error: ignore list of MemSentry: error parsing file '{{.*}}.list': malformed line 1: 'fun'

#include <memsentry-runtime.h>

void take(void *);

// CHECK-LABEL: define {{.*}}@source(
// SOURCE-NOT: or i64
// SOURCE: call {{.*}}@other(
// LIST: call {{.*}}@other(
// FILE-LABEL: define {{.*}}@source(
// CHECK: ret void
void other(int *p);
MEMSENTRY_NO_SANITIZE void source(int *p)
{
    *p = 1;
    other(p);
}

// CHECK-LABEL: define {{.*}}@other(
// CHECK: or i64
// CHECK: ret void
void other(int *p)
{
    *p = 3;
}

// CHECK-LABEL: define {{.*}}@listed(
// SOURCE: or i64
// LIST-NOT: or i64
// CHECK: ret void
void listed(int *p)
{
    *p = 2;
}

// CHECK-LABEL: define {{.*}}@calls(
// CHECK: call {{.*}}@source(
// LIST: call {{.*}}@listed(
// CHECK: ret void
void calls(int *p)
{
    source(p);
    listed(p);
}

// CHECK-LABEL: define {{.*}}@unsafe_local(
// CHECK-NOT: alloca [
// CHECK: __safestack_unsafe_stack_ptr
// FILE-NOT: or i64
// FILE-LABEL: define {{.*}}@unsafe_local(
// FILE: __safestack_unsafe_stack_ptr
MEMSENTRY_NO_SANITIZE void unsafe_local(void)
{
    int a[8];
    take(a);
}

// The type alone says that an access goes to a region.
// CHECK-LABEL: define {{.*}}@region(
// CHECK-NOT: or i64
// CHECK: store {{.*}}addrspace(1)
void region(int MEMSENTRY_REGION *p)
{
    *p = 4;
}
