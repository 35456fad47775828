// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A report with addresses goes in, one with functions and lines comes out.

// RUN: rm -rf %t && mkdir %t && cp %s %t/victim.c && cd %t
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -g -O1 victim.c -o victim
// RUN: %not --crash ./victim 0x320000001000 2> report
// RUN: echo 'a line of the program (/bin/sh+0x10)' >> report
// RUN: %tools/memsentry-symbolize report > out
// RUN: %FileCheck --strict-whitespace -DDIR=%t %s < out
// RUN: %tools/memsentry-symbolize < report | diff - out
// What is resolved stays as it is.
// RUN: %tools/memsentry-symbolize < out | diff - out

//      CHECK:ERROR: MemSentry: blocked write of 8 bytes at 0x320000001000
// An inlined frame has a line of its own, and moves the others down.
// CHECK:{{^}}    #0 0x[[PC:[0-9a-f]+]] in inlined victim.c:[[#@LINE+32]]:31 ([[DIR]]/victim+0x{{[0-9a-f]+}}) (BuildId: {{[0-9a-f]+}}){{$}}
// CHECK-NEXT:    #1 0x[[PC]] in poke victim.c:[[#@LINE+36]]:5 ([[DIR]]/victim+0x{{[0-9a-f]+}}) (BuildId: {{[0-9a-f]+}}){{$}}
// A return address is resolved to its call: what follows the call is of another line.
// CHECK-NEXT:    #2 0x{{[0-9a-f]+}} in main victim.c:[[#@LINE+39]]:5 ([[DIR]]/victim+0x{{[0-9a-f]+}}) (BuildId: {{[0-9a-f]+}}){{$}}
// CHECK-NEXT:    #3 0x{{[0-9a-f]+}}
// CHECK:{{^}}SUMMARY: MemSentry: blocked-write in inlined victim.c:[[#@LINE+27]]:31 ([[DIR]]/victim+0x{{[0-9a-f]+}}) (BuildId: {{[0-9a-f]+}}){{$}}
// CHECK:{{^}}a line of the program (/bin/sh+0x10){{$}}

// A file of another build stays unresolved, and so does one that is gone.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -g -O0 victim.c -o victim
// RUN: %tools/memsentry-symbolize report 2>&1 > other | %FileCheck -DDIR=%t --check-prefix=OTHER %s
// RUN: %FileCheck --check-prefix=PLAIN --implicit-check-not=victim.c %s < other
// OTHER: memsentry-symbolize: warning: '[[DIR]]/victim' has build id {{[0-9a-f]+}}, but the report is of {{[0-9a-f]+}}; its frames stay unresolved
// PLAIN: #0 0x{{[0-9a-f]+}} ({{.*}}/victim+0x
// RUN: rm victim
// RUN: %tools/memsentry-symbolize report 2>&1 > gone | %FileCheck -DDIR=%t --check-prefix=GONE %s
// RUN: %FileCheck --check-prefix=PLAIN --implicit-check-not=victim.c %s < gone
// GONE: memsentry-symbolize: warning: cannot read '[[DIR]]/victim': No such file or directory

// Without a symbolizer the report still comes out, whole.
// RUN: %not %tools/memsentry-symbolize --symbolizer=/nonexistent report > whole 2> errors
// RUN: diff report whole
// RUN: %FileCheck --check-prefix=NONE %s < errors
// NONE: memsentry-symbolize: error: cannot run '/nonexistent': No such file or directory
// RUN: %not %tools/memsentry-symbolize --symbolizer=/bin/false report 2>&1 > whole | %FileCheck --check-prefix=FALSE %s
// RUN: diff report whole
// FALSE: memsentry-symbolize: error: the symbolizer gives no answer

#include <stdint.h>
#include <stdlib.h>
static inline __attribute__((always_inline)) void inlined(uintptr_t address)
{
    *(volatile long *)address = 1;
}

__attribute__((noinline)) void poke(uintptr_t address)
{
    inlined(address);
}

int main(int argc, char **argv)
{
    poke(strtoull(argv[argc - 1], 0, 0));
    return 0;
}
