// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Without lld of the same LLVM there is no link-time optimization, and the driver says so.
// REQUIRES: root

// RUN: unshare -m bash -c 'mount --bind /dev/null $(readlink -f %llvm-bin/ld.lld); ! %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto %s -o %t' 2>&1 | %FileCheck %s
// CHECK: error: no such file: '{{.*}}/ld.lld'; '-flto' needs lld of the same LLVM: install the package lld-{{19|22}}
// The control.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -flto %s -o %t && %t

int main(void)
{
    return 0;
}
