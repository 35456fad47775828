// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An installed driver finds its parts relative to itself, wherever the tree was moved, and links
// against the runtime there.

// RUN: rm -rf %t && mkdir -p %t/usr/bin && cp %memsentry-clang %t/usr/bin/memsentry-clang
// The driver itself says where it looks.
// RUN: bash -c 'cd %t && p=$(usr/bin/memsentry-clang -fmemsentry=sfi -c %s 2>&1 | sed -n "s/.*no such file: .\(.*\).memsentry.so.;.*/\1/p") && mkdir -p "$p" && cd "$p" && ln -s %plugin %runtime/libmemsentry_start.a %runtime/../defenses/safestack/libmemsentry_safestack.a . && ln -s %runtime/libmemsentry_malloc.so* %runtime/libmemsentry_rt.so* ..'
// RUN: mv %t/usr %t/moved
// RUN: %t/moved/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi %s -o %t/program
// RUN: %t/program
// RUN: llvm-readelf -d %t/program | %FileCheck -DDIR=%t %s
// CHECK: (RUNPATH) {{.*}}[[[DIR]]/moved/lib{{[^.]*}}]

// A part that is missing is named.
// RUN: bash -c 'rm $(find %t/moved -name libmemsentry_start.a)'
// RUN: %not %t/moved/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi %s -o %t/program 2>&1 | %FileCheck --check-prefix=START %s
// START: memsentry-clang: error: no such file: '{{.*}}/memsentry/libmemsentry_start.a'; this installation of MemSentry is not complete
// RUN: %t/moved/bin/memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -c %s -o %t/program.o

int main(void)
{
    return 0;
}
