// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// clang and clang++ from the directory of shims, first in PATH: the literal command works.

// RUN: bash -c 'PATH=%shims:$PATH && clang -fsanitize=safe-stack -fmemsentry=sfi %s -o %t' && %t
// RUN: cp %s %t.cc
// RUN: bash -c 'PATH=%shims:$PATH && clang++ -fsanitize=safe-stack -fmemsentry=sfi %t.cc -o %t' && %t
// RUN: bash -c 'PATH=%shims:$PATH && clang -fsyntax-only %s'
// RUN: bash -c 'PATH=%shims:$PATH && ! clang -fmemsentry=mpz %s' 2>&1 | %FileCheck --match-full-lines %s
// CHECK: clang: error: invalid value 'mpz' in '-fmemsentry=mpz'; did you mean 'mpx'?
// RUN: bash -c 'PATH=%shims:$PATH && clang++ -### %t.cc' 2>&1 | %FileCheck --check-prefix=CXX %s
// CXX: "-lstdc++"

int main(void)
{
    return 0;
}
