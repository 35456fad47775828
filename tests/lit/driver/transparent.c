// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Without -fmemsentry= the driver is clang, argument for argument.

// RUN: %clang -O2 -DX='"a b"' -fsanitize=safe-stack,undefined -no-pie %s -o %t -### 2> %t.clang
// RUN: %memsentry-clang -O2 -DX='"a b"' -fsanitize=safe-stack,undefined -no-pie %s -o %t -### 2> %t.ours
// RUN: sed -i 's|/tmp/[^ ]*-[0-9a-f]*\.o||' %t.clang %t.ours
// RUN: diff %t.clang %t.ours

// Also where -fno-memsentry has the last word.
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-rw=w -O2 -DX='"a b"' -fsanitize=safe-stack,undefined -no-pie %s -fno-memsentry -o %t -### 2> %t.ours
// RUN: sed -i 's|/tmp/[^ ]*-[0-9a-f]*\.o||' %t.ours
// RUN: diff %t.clang %t.ours

// Our name for a warning is not clang's to complain about.
// RUN: %memsentry-clang -Werror -Wno-memsentry-no-safestack -fsyntax-only %s

// clang's own errors and exit status come through.
// RUN: %not %memsentry-clang -fno-such-option %s 2>&1 | %FileCheck --match-full-lines --check-prefix=UNKNOWN %s
// UNKNOWN: clang: error: unknown argument: '-fno-such-option'
// RUN: %not %memsentry-clang 2>&1 | %FileCheck --match-full-lines --check-prefix=NOINPUT %s
// NOINPUT: clang: error: no input files

// What clang runs by its own name.
// RUN: %memsentry-clang -cc1 -version 2>&1 | %FileCheck --check-prefix=CC1 %s
// CC1: LLVM version

int main(void)
{
    return 0;
}
