// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The list reaches the plugin, and the build system.

// RUN: echo 'fun:listed' > %t.list
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-rw=w -fmemsentry-ignorelist=%t.list -O1 -S -emit-llvm %s -o - | %FileCheck %s
// CHECK-LABEL: define {{.*}}@listed(
// CHECK-NOT: inttoptr
// CHECK-LABEL: define {{.*}}@other(
// CHECK: or i64 %{{.*}}, 70368744177664
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-ignorelist=%t.list -c -MD -MF %t.d %s -o %t.o && grep -F %t.list %t.d

// RUN: not %memsentry-clang -fmemsentry=sfi -fmemsentry-ignorelist=%t.none -c %s -o %t.o 2>&1 | %FileCheck --check-prefix=NONE %s
// NONE: error: {{.*}}.none
// RUN: not %memsentry-clang -fmemsentry=sfi -fmemsentry-ignorelist= -c %s 2>&1 | %FileCheck --check-prefix=EMPTY %s
// EMPTY: error: missing value in '-fmemsentry-ignorelist='

void listed(int *pointer)
{
    *pointer = 1;
}

void other(int *pointer)
{
    *pointer = 2;
}
