// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The literal command makes a program whose loader sees the runtime first, and which runs.

// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: llvm-readelf -dlW %t | %FileCheck --check-prefix=ELF %s
// The program's own options cannot undo it.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -Wl,--as-needed -Wl,-z,lazy -Wl,-z,norelro %s -lm -o %t
// RUN: llvm-readelf -dlW %t | %FileCheck --check-prefix=ELF %s
// The other linker.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fuse-ld=lld %s -o %t
// RUN: %t | %FileCheck --match-full-lines %s
// RUN: llvm-readelf -dlW %t | %FileCheck --check-prefix=ELF %s
// The control: stock clang makes none of it.
// RUN: %memsentry-clang %s -o %t
// RUN: llvm-readelf -dlW %t | %FileCheck --check-prefix=STOCK %s

// CHECK: hello, 6
// ELF: Elf file type is DYN
// ELF: GNU_RELRO
// ELF: (NEEDED) {{.*}}[libmemsentry_malloc.so.0]
// ELF: (NEEDED) {{.*}}[libmemsentry_rt.so.0]
// ELF: (NEEDED) {{.*}}[libc.so.6]
// ELF: (FLAGS_1) {{.*}}NOW
// STOCK-NOT: libmemsentry
// STOCK-NOT: BIND_NOW

#include <stdio.h>
#include <string.h>

int main(void)
{
    char text[16];

    strcpy(text, "hello,");
    printf("%s %zu\n", text, strlen(text));
    return 0;
}
