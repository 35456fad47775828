// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plugin in stock clang, at every level of optimisation, from source to assembly.
// RUN: %plugin-clang -O0 -S %s -o - | %FileCheck %s --check-prefixes=CHECK
// RUN: %plugin-clang -O1 -S %s -o - | %FileCheck %s --check-prefixes=CHECK,OPT
// RUN: %plugin-clang -O2 -fno-unroll-loops -S %s -o - | %FileCheck %s --check-prefixes=CHECK,OPT
// RUN: %plugin-clang -O3 -fno-unroll-loops -S %s -o - | %FileCheck %s --check-prefixes=CHECK,OPT
// RUN: %plugin-clang -Os -S %s -o - | %FileCheck %s --check-prefixes=CHECK,OPT
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -O2 -S %s -o - \
// RUN:   | %FileCheck %s --check-prefix=OFF
// RUN: %plugin-clang -O2 -flto -c %s -o %t.o
// RUN: %plugin-clang -O0 --coverage -S -emit-llvm %s -o - | %FileCheck %s --check-prefix=MADE
// RUN: %plugin-clang -O2 -g -S %s -o /dev/null

// A function that did not exist when the configuration was attached.
// MADE: define internal void @__llvm_gcov_reset(){{.*}} #[[#ATTRIBUTES:]]
// MADE: attributes #[[#ATTRIBUTES]] = {{.*}}"memsentry-done"

// OFF-NOT: memsentry
// OFF-NOT: [[SPLIT]]

// CHECK-LABEL: write_one:
// CHECK: {{orq|btsq}} {{.*}}, [[R:%r..]]
// CHECK: movl $1, ([[R]])
// CHECK: retq
void write_one(int *p)
{
    *p = 1;
}

// One mask for each base, outside the loop, with the addressing mode left as it was.
// OPT-LABEL: fill:
// OPT-COUNT-2: {{orq|btsq}}
// OPT: # =>This {{.*}}Loop
// OPT-NOT: {{orq|btsq}}
// OPT: movl $1, ({{%r..}},{{%r..}},4)
// OPT-NOT: {{orq|btsq}}
// OPT: retq
void fill(int *p, unsigned n, volatile int *v)
{
    for (unsigned i = 0; i < n; i++)
        p[*v & 1023] = 1;
}
