// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SafeStack through clang: what the source says, at -O0 too, where clang marks functions optnone.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// RUN:   -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack -O0 -S -emit-llvm \
// RUN:   %s -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// RUN:   -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack -O2 -S -emit-llvm \
// RUN:   %s -o - | %FileCheck %s
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// RUN:   -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack -O2 -g -c %s -o %t.o

void take(void *);

// CHECK-LABEL: define {{.*}} @array(
// CHECK-NOT: alloca [
// CHECK: load volatile ptr, ptr addrspace(257) %
int array(void)
{
    int a[8];
    take(a);
    return a[0];
}

// CHECK-LABEL: define {{.*}} @stays(
// CHECK: alloca [{{[0-9]}} x i32]
// CHECK: ret
int stays(unsigned i)
{
    volatile int a[8] = {0};
    return a[3];
}

// CHECK-LABEL: define {{.*}} @sum(
// CHECK: call void @llvm.va_start.p0(ptr
// CHECK-NOT: alloca [1 x %struct.__va_list_tag]
int sum(int n, ...)
{
    __builtin_va_list l;
    __builtin_va_start(l, n);
    int v = __builtin_va_arg(l, int);
    __builtin_va_end(l);
    return v;
}
// CHECK-NOT: safestack{{ }}
