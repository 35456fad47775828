// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Link-time optimization: every form of it makes a hardened program, and none makes an
// unprotected one in silence.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bash -c 'for lto in -flto -flto=full -flto=thin -flto=auto; do for level in -O0 -O2; do %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi $lto $level -DSECOND -c %s -o 2.o && %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi $lto $level %s 2.o -o program && ./program && ! ./program 0x320000001000 2> report && grep "blocked write of 4 bytes at 0x320000001000" report && %tools/memsentry-check program | head -1; done; done' | %FileCheck --match-full-lines %s
// CHECK-COUNT-8: program: {{full|partial}}
// RUN: bash -c 'for lto in full thin; do %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto=$lto -O2 -static-pie -Wl,--gc-sections %s 2.o -o program && ./program && ! ./program 0x320000001000 2> report && grep -c "blocked write" report; done' | count 2
// The control: stock clang stores there, and the report is the kernel's.
// RUN: %clang -flto -fuse-ld=lld -O2 -DSECOND -c %s -o stock.o && %clang -flto -fuse-ld=lld -O2 %s stock.o -o stock && ./stock
// RUN: %not --crash ./stock 0x320000001000 2>&1 | %FileCheck --allow-empty --check-prefix=KERNEL %s
// KERNEL-NOT: blocked

// Libraries, and plain objects among those to be optimized.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto -fPIC -shared -DSECOND %s -o libsecond.so && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto %s -L. -lsecond -Wl,-rpath,%t -o program && ./program
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O2 -DSECOND -c %s -o plain.o && %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -flto %s plain.o -o program && ./program && %not --crash ./program 0x320000001000 2>&1 | %FileCheck --check-prefix=BLOCKED %s
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto -r 2.o -o joined.o && %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %s joined.o -o program && ./program && %not --crash ./program 0x320000001000 2>&1 | %FileCheck --check-prefix=BLOCKED %s
// BLOCKED: blocked write of 4 bytes at 0x320000001000

// Bitcode on its own is compiled again.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O2 -emit-llvm -DSECOND -c %s -o 2.bc && %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %s 2.bc -o program && ./program && %not --crash ./program 0x320000001000 2>&1 | %FileCheck --check-prefix=BLOCKED %s

// Forgotten at the link, by this driver or by stock clang.
// RUN: %not %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fuse-ld=lld %s 2.o -o program 2>&1 | %FileCheck --match-full-lines --check-prefix=FORGOTTEN %s
// FORGOTTEN: memsentry-clang: error: '2.o' is to be optimized at link time; link with '-flto' as well
// RUN: llvm-ar rc lib2.a 2.o && %not %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fuse-ld=lld %s lib2.a -o program 2>&1 | %FileCheck --match-full-lines --check-prefix=ARCHIVE %s
// ARCHIVE: memsentry-clang: error: 'lib2.a(2.o)' is to be optimized at link time; link with '-flto' as well
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto -c %s -o 1.o && %not %clang -flto -fuse-ld=lld 1.o 2.o -o program 2>&1 | %FileCheck --check-prefix=STOCK %s
// STOCK: error: undefined hidden symbol: __memsentry_was_not_applied_at_link

// The cache of ThinLTO: another plugin finds nothing of the first one's.
// RUN: mkdir -p usr/bin && cp %memsentry-clang usr/bin/memsentry-clang
// RUN: bash -c 'p=$(%t/usr/bin/memsentry-clang -fmemsentry=sfi -c %s 2>&1 | sed -n "s/.*no such file: .\(.*\).memsentry.so.;.*/\1/p") && mkdir -p "$p" && cd "$p" && cp %plugin . && ln -s %runtime/libmemsentry_start.a %runtime/../defenses/safestack/libmemsentry_safestack.a . && ln -s %runtime/libmemsentry_malloc.so* %runtime/libmemsentry_rt.so* ..'
// RUN: %t/usr/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto=thin -O2 -DSECOND -c %s -o 2.o
// RUN: bash -c 'for i in 1 2; do %t/usr/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto=thin -O2 %s 2.o -Wl,--thinlto-cache-dir=cache -o program; done; ls cache | wc -l; ls cache/*/llvmcache-* | wc -l' | %FileCheck --match-full-lines --check-prefix=CACHE1 %s
// CACHE1: 1
// CACHE1-NEXT: 2
// RUN: bash -c 'echo >> $(find usr -name memsentry.so); %t/usr/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto=thin -O2 %s 2.o -Wl,--thinlto-cache-dir=cache -o program; ls cache | wc -l; ls cache/*/llvmcache-* | wc -l' | %FileCheck --match-full-lines --check-prefix=CACHE2 %s
// CACHE2: 2
// CACHE2-NEXT: 4

#include <stdlib.h>
#include <string.h>

#ifdef SECOND

void fill(char *text, int *where)
{
    strcpy(text, "filled");
    *where = 1;
}

#else

void fill(char *text, int *where);

int main(int argc, char **argv)
{
    char text[16];
    int here = 0;
    int *where = argc > 1 ? (int *)strtoull(argv[1], NULL, 0) : &here;

    fill(text, where);
    return strcmp(text, "filled") != 0 || here != 1;
}

#endif
