// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Remarks say what was masked, what was not, and why; nothing is said unasked.
// DEFINE: %{clang} = %plugin-clang -Xclang -mllvm -Xclang -memsentry-rw=w -I%include -O2 -gline-tables-only
// RUN: cd %S && %{clang} -Rpass=memsentry -c remarks.c -o %t.o 2>&1 \
// RUN:   | %FileCheck %s --check-prefix=PASS --implicit-check-not=remark:
// RUN: cd %S && %{clang} -Rpass-missed=memsentry -c remarks.c -o %t.o 2>&1 \
// RUN:   | %FileCheck %s --check-prefix=MISSED --implicit-check-not=remark:
// RUN: %{clang} -c %s -o %t.o 2>&1 | count 0
// RUN: %{clang} -fsave-optimization-record -foptimization-record-passes=memsentry \
// RUN:   -foptimization-record-file=%t.yaml -c %s -o %t.o 2>&1 | count 0
// RUN: %FileCheck %s --check-prefix=RECORD < %t.yaml
// RECORD: --- !Passed
// RECORD-NEXT: Pass: memsentry
// RECORD-NEXT: Name: Masked
// RECORD: --- !Missed

#include <memsentry-runtime.h>

int global, *pointer;

// PASS: remarks.c:[[#@LINE+6]]:{{[0-9]+}}: remark: masked: base is an argument [-Rpass=memsentry]
// PASS: remarks.c:[[#@LINE+6]]:{{[0-9]+}}: remark: masked: base is loaded from memory [-Rpass=memsentry]
// PASS: remarks.c:[[#@LINE+3]]:{{[0-9]+}}: remark: 2 accesses masked, 1 exempt [-Rpass=memsentry]
// MISSED: remarks.c:[[#@LINE+5]]:{{[0-9]+}}: remark: exempt: global of the program [-Rpass-missed=memsentry]
void stores(volatile int *p)
{
    p[1] = 1;
    *pointer = 2;
    global = 3;
}

// PASS: remarks.c:[[#@LINE+2]]:{{[0-9]+}}: remark: 0 accesses masked, 0 exempt
// MISSED: remarks.c:[[#@LINE+4]]:{{[0-9]+}}: remark: exempt: no_sanitize
void nothing(void) {}

MEMSENTRY_NO_SANITIZE void exempt(int *p)
{
    *p = 1;
}

// MISSED: remarks.c:[[#@LINE+2]]:{{[0-9]+}}: remark: exempt: trusted function
__attribute__((section("memsentry_functions"))) void trusted(int *p)
{
    *p = 1;
}

// PASS: remarks.c:[[#@LINE+3]]:{{[0-9]+}}: remark: 0 accesses masked, 1 exempt
// MISSED: remarks.c:[[#@LINE+3]]:{{[0-9]+}}: remark: exempt: pointer into a safe region by its type
void region(int MEMSENTRY_REGION *p)
{
    *p = 1;
}

// PASS: remarks.c:[[#@LINE+3]]:{{[0-9]+}}: remark: 0 accesses masked, 0 exempt
// MISSED: remarks.c:[[#@LINE+3]]:{{[0-9]+}}: remark: exempt: assembly marked as reviewed
void reviewed(int *p)
{
    asm volatile(MEMSENTRY_REVIEWED_ASM "movl $0, (%0)" : : "r"(p) : "memory");
}

// The proof sums up at the end.
// PASS: remarks.c:{{.*}}: remark: 3 accesses proved, 0 marked, 0 unproved [-Rpass=memsentry]
// PASS: remarks.c:{{.*}}: remark: 0 accesses proved, 0 marked, 0 unproved
// PASS-COUNT-4: remarks.c:{{.*}}: remark: 0 accesses proved, 1 marked, 0 unproved
