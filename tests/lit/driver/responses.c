// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options of ours are found in response files, as clang would read them.

// RUN: echo '-fmemsentry=sfi' > %t.inner
// RUN: echo '-DX="a\ b" @%t.inner -fsanitize=safe-stack' > %t.rsp
// RUN: %memsentry-clang @%t.rsp -c %s -### 2>&1 | %FileCheck %s
// CHECK: memsentry: backend sfi, mode w, defenses safe-stack
// CHECK: "-D" "X=a b"
// CHECK-NOT: "@

// RUN: echo '-fmemsentry=mpz' > %t.rsp
// RUN: %not %memsentry-clang @%t.rsp -c %s 2>&1 | %FileCheck --match-full-lines --check-prefix=MPZ %s
// MPZ: memsentry-clang: error: invalid value 'mpz' in '-fmemsentry=mpz'; did you mean 'mpx'?

// RUN: %not %memsentry-clang -fmemsentry=sfi @%t.missing 2>&1 | %FileCheck --check-prefix=MISSING %s
// MISSING: clang: error: no such file or directory: '@{{.*}}.missing'

// Quoting as on Windows is clang's business, so long as nothing is to be protected.
// RUN: echo '-fno-pic -DX="a b"' > %t.rsp
// RUN: %memsentry-clang --rsp-quoting=windows @%t.rsp -fsyntax-only %s
// RUN: %not %memsentry-clang --rsp-quoting=windows -fmemsentry=sfi @%t.rsp -c %s 2>&1 | %FileCheck --match-full-lines --check-prefix=WINDOWS %s
// WINDOWS: memsentry-clang: error: invalid argument '-fmemsentry=sfi' not allowed with '--rsp-quoting=windows'; response files must be read for what does not work

// A command line too long for execve goes on as a file, unharmed.
// RUN: python3 -c "print('-fmemsentry=sfi -c -DLAST=1', *('-DNAME_%%d=\'x y\'' %% i for i in range(150000)))" > %t.rsp
// RUN: %memsentry-clang @%t.rsp %s -o %t.o
// RUN: llvm-nm %t.o | %FileCheck --check-prefix=LONG %s
// LONG: last_seen
#if defined NAME_149999 && LAST
int last_seen;
#endif
