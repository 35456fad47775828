// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The warnings that the driver itself gives, and how they are turned off or into errors.

// Options that mean nothing without -fmemsentry=.
// RUN: %memsentry-clang -fmemsentry-rw=w -c %s -o %t.o 2>&1 | %FileCheck --match-full-lines --check-prefix=UNUSED %s
// UNUSED: memsentry-clang: warning: argument unused during compilation: '-fmemsentry-rw=w' [-Wunused-command-line-argument]
// UNUSED-NOT: {{.}}
// RUN: %not %memsentry-clang -Werror -fmemsentry-rw=w -c %s -o %t.o 2>&1 | %FileCheck --match-full-lines --check-prefix=ERROR %s
// ERROR: memsentry-clang: error: argument unused during compilation: '-fmemsentry-rw=w' [-Werror,-Wunused-command-line-argument]
// RUN: %memsentry-clang -Werror -Wno-error=unused-command-line-argument -fmemsentry-rw=w -c %s -o %t.o 2>&1 | %FileCheck --match-full-lines --check-prefix=UNUSED %s
// RUN: %memsentry-clang -Werror -Wno-unused-command-line-argument -fmemsentry-rw=w -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -Qunused-arguments -fmemsentry-rw=w -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -w -fmemsentry-rw=w -c %s -o %t.o 2>&1 | count 0
// Turned off on purpose, they are not unused.
// RUN: %memsentry-clang -Werror -fmemsentry=sfi -fmemsentry-rw=w -fno-memsentry -c %s -o %t.o 2>&1 | count 0

// No safe stack: said once per link, never per object.
// RUN: %memsentry-clang -Werror -fmemsentry=sfi -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clang -fmemsentry=sfi %t.o -o %t 2>&1 | %FileCheck --match-full-lines --check-prefix=STACK %s
// RUN: %memsentry-clang -Werror -Wno-error=memsentry-no-safestack -fmemsentry=sfi %t.o -o %t 2>&1 | %FileCheck --match-full-lines --check-prefix=STACK %s
// STACK: memsentry-clang: warning: '-fmemsentry=sfi' without '-fsanitize=safe-stack' does not hold against concurrent writers, which can replace a masked pointer on the stack [-Wmemsentry-no-safestack]
// STACK-NOT: {{.}}
// RUN: %not %memsentry-clang -Werror -fmemsentry=sfi %t.o -o %t 2>&1 | %FileCheck --check-prefix=STACKERROR %s
// RUN: %not %memsentry-clang -Werror=memsentry-no-safestack -fmemsentry=sfi %t.o -o %t 2>&1 | %FileCheck --check-prefix=STACKERROR %s
// STACKERROR: memsentry-clang: error: '-fmemsentry=sfi' without {{.*}} [-Werror,-Wmemsentry-no-safestack]
// RUN: %memsentry-clang -Werror -Wno-memsentry-no-safestack -fmemsentry=sfi %t.o -o %t 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %s -o %t 2>&1 | count 0

// Assembly that is not confined: the plugin's warning, wherever clang would show its own.
// RUN: %memsentry-clang -fmemsentry=sfi -DASM -c %s -o %t.o 2>&1 | %FileCheck --check-prefix=ASM %s
// RUN: %memsentry-clang -fmemsentry=sfi -Werror -Wno-error=memsentry-asm -DASM -c %s -o %t.o 2>&1 | %FileCheck --check-prefix=ASM %s
// ASM: warnings.c:[[#@LINE+8]]:{{[0-9]+}}: warning: inline assembly is not confined: 'movl' uses registers as an address;
// RUN: %not %memsentry-clang -fmemsentry=sfi -Werror -DASM -c %s -o %t.o 2>&1 | %FileCheck --check-prefix=ASMERROR %s
// RUN: %not %memsentry-clang -fmemsentry=sfi -Werror=memsentry-asm -DASM -c %s -o %t.o 2>&1 | %FileCheck --check-prefix=ASMERROR %s
// ASMERROR: error: inline assembly is not confined: 'movl' uses
// RUN: %memsentry-clang -fmemsentry=sfi -Werror -Wno-memsentry-asm -DASM -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clang -fmemsentry=sfi -Werror -w -DASM -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -DASM -c %s -o %t.o 2>&1 | count 0
#ifdef ASM
void f(int *p) { asm volatile("movl $0, (%0)" : : "r"(p) : "memory"); }
#endif

int main(void)
{
    return 0;
}
