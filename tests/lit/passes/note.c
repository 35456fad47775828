// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every object that was compiled with a configuration says so in a note, also one without code.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -fPIC -c %s -o %t.o
// RUN: llvm-readelf -S --string-dump=.note.memsentry %t.o | %FileCheck %s
// RUN: not grep -q memsentry.so %t.o
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -Xclang -mllvm \
// RUN:   -Xclang -memsentry-defense=safe-stack -DDATA -O0 -fPIC -c %s -o %t.data.o
// RUN: llvm-readelf --string-dump=.note.memsentry %t.data.o | %FileCheck %s --check-prefix=DATA
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -O2 -fPIC -c %s -o %t.plain.o
// RUN: llvm-readelf -S %t.plain.o | %FileCheck %s --check-prefix=NONE

// One for each object of a link, also when the linker drops what nobody refers to.
// RUN: %lld --gc-sections %t.o %t.data.o %t.plain.o -z muldefs -o %t.so
// RUN: llvm-readelf --string-dump=.note.memsentry %t.so | %FileCheck %s --check-prefix=LINKED
// RUN: ld.bfd -shared --gc-sections %t.o %t.data.o %t.plain.o -z muldefs -o %t.so
// RUN: llvm-readelf --string-dump=.note.memsentry %t.so | %FileCheck %s --check-prefix=LINKED

// A compilation of what was compiled before adds none.
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -fPIC -emit-llvm -c %s -o %t.bc
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -O2 -fPIC -c %t.bc -o %t.o
// RUN: llvm-readelf -S --string-dump=.note.memsentry %t.o | %FileCheck %s
// RUN: %clang -O2 -fPIC -c %t.bc -o %t.o
// RUN: llvm-readelf -S --string-dump=.note.memsentry %t.o | %FileCheck %s

// CHECK: .note.memsentry NOTE {{.*}} AR 0 0 4
// CHECK-COUNT-1: abi=1 backend=sfi mode=w defenses=- compiler={{[0-9.]+}} version={{[0-9.]+$}}
// CHECK-NOT: abi=
// DATA: MemSentry
// DATA: abi=1 backend=sfi mode=w defenses=safe-stack compiler={{[0-9.]+}} version={{[0-9.]+$}}
// NONE-NOT: memsentry
// LINKED: abi=1 backend=sfi mode=w defenses=- compiler
// LINKED: abi=1 backend=sfi mode=w defenses=safe-stack compiler
// LINKED-NOT: abi=

int data = 1;
#ifndef DATA
int *address(void)
{
    return &data;
}
#endif
