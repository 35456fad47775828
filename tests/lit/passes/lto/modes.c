// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Link-time optimization, full and thin, with and without optimisation at either end: everything is
// instrumented, once, and nothing is left of what ties bitcode to the linker's plugin.
// DEFINE: %{flto} =
// DEFINE: %{compile} = -O2
// DEFINE: %{link} = --lto-O2
// DEFINE: %{prefix} = OPT
// DEFINE: %{test} = %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -fPIC %{flto} %{compile} \
// DEFINE:   -DFIRST -c %s -o %t.1.o && \
// DEFINE:   %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -fPIC %{flto} %{compile} \
// DEFINE:   -DSECOND -c %s -o %t.2.o && \
// DEFINE:   %lld-plugin %{link} %t.1.o %t.2.o -o %t.so && \
// DEFINE:   %objdump %t.so | %FileCheck %s --check-prefix=%{prefix} --implicit-check-not='{{movabsq|btsq}}' && \
// DEFINE:   llvm-readelf --notes --dyn-symbols %t.so \
// DEFINE:   | %FileCheck %s --implicit-check-not=was_not_applied

// REDEFINE: %{flto} = -flto=full
// RUN: %{test}
// REDEFINE: %{link} = --lto-O0
// REDEFINE: %{prefix} = NONE
// RUN: %{test}
// REDEFINE: %{compile} = -O0
// RUN: %{test}
// REDEFINE: %{flto} = -flto=thin
// RUN: %{test}
// REDEFINE: %{link} = --lto-O2
// RUN: %{test}
// REDEFINE: %{compile} = -O2
// REDEFINE: %{prefix} = OPT
// RUN: %{test}
// REDEFINE: %{link} = --lto-O2 --thinlto-jobs=1 --lto-partitions=2
// RUN: %{test}

// The linker runs no passes here.
// RUN: %not %lld-plugin --lto-O0 %t.1.o %t.2.o -o %t.so 2>&1 | %FileCheck %s --check-prefix=ERROR
// And here it has none to run.
// RUN: %not %lld %t.1.o %t.2.o -o %t.so 2>&1 | %FileCheck %s --check-prefix=ERROR
// RUN: %plugin-clang -fPIC -flto=full -O2 -DFIRST -c %s -o %t.1.o
// RUN: %not %lld %t.1.o -o %t.so 2>&1 | %FileCheck %s --check-prefix=ERROR
// ERROR: error: undefined hidden symbol: __memsentry_was_not_applied_at_link

void store_one(int *p);

// Inlined, the store is there twice.
// OPT-COUNT-2: {{movabsq|btsq}}
// NONE: {{movabsq|btsq}}
// CHECK: UND __memsentry_abi_1
// CHECK: MemSentry {{.*}}

#ifdef FIRST
void call_one(int **p)
{
    store_one(p[1]);
}
#endif

#ifdef SECOND
void store_one(int *p)
{
    *p = 1;
}
#endif
