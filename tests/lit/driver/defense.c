// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A defense of somebody else: the example of the SDK, in every way that a program is built. The
// program is counted, cannot change the counters, and cannot lead the pass to others.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bash -c 'for flags in -O0 -O2 "-O2 -flto" "-O0 -flto=thin" "-O2 -flto=thin" "-O2 -static-pie" "-O2 -static-pie -flto" "-O2 -fmemsentry-rw=rw"; do %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example $flags -DSECOND -c %s -o 2.o && %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example $flags %s 2.o -o program && ./program && { ./program counters 2>&1 | grep -o "blocked write of 8 bytes.*(safe region .example., thread 0)"; ./program page; echo $?; }; done' 2>&1 | %FileCheck %s
// CHECK-COUNT-8: work 6, main 1{{[[:space:]]+}}blocked write of 8 bytes at {{.*}} (safe region "example", thread 0){{[[:space:]]+}}work 6, main 1{{[[:space:]]+.*[[:space:]]+}}139
// CHECK-NOT: {{.}}
// A shared library of the program uses the runtime of the executable.
// RUN: bash -c 'for lto in "" -flto; do %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example $lto -fPIC -shared -DSECOND %s -o libsecond.so && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example $lto %s -L. -lsecond -Wl,-rpath,%t -o shared && ./shared; done' | %FileCheck --check-prefix=SHARED %s
// SHARED-COUNT-2: work 6, main 1
// The control: without confinement of writes the numbers are forged.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-rw=r -fmemsentry-defense=%example %s -DSECOND -c -o 2.o && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-rw=r -fmemsentry-defense=%example %s 2.o -o open && ./open counters | %FileCheck --check-prefix=FORGED %s
// FORGED: forged: work 0

// What is counted may be chosen.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example -fmemsentry-defense-arg=example:only=main -DSECOND -c %s -o 2.o && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example -fmemsentry-defense-arg=example:only=main %s 2.o -o only && ./only | %FileCheck --check-prefix=ONLY %s
// ONLY: work 0, main 1

// The program says what protects it; a runtime that says what it is does not count as a gap.
// RUN: %tools/memsentry-check program | %FileCheck --check-prefix=NOTE %s
// NOTE: program: full
// NOTE-NEXT: objects: 2 instrumented, 0 not
// NOTE-NEXT: defenses safe-stack,example
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=%example -### -c %s 2>&1 | %FileCheck --check-prefix=SUMMARY %s
// SUMMARY: memsentry: backend sfi, mode w, defenses safe-stack, example

// A change of the defense is a reason to compile again, with ThinLTO too.
// RUN: cp %example lib1.so && cp %example lib2.so && echo >> lib2.so
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=lib1.so -MD -c %s -o 1.o && %FileCheck --check-prefix=DEPENDS --input-file=1.d %s
// DEPENDS: lib1.so
// RUN: %clang -O2 -fPIC -I%include -c %S/../../../defenses/example/runtime.c -o runtime.o && llvm-ar rc lib1_rt.a runtime.o && cp lib1_rt.a lib2_rt.a
// RUN: bash -c 'for n in 1 2 2; do %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=lib$n.so -flto=thin -O2 %s -DSECOND -c -o 2.o; %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=lib$n.so -flto=thin -O2 %s 2.o -Wl,--thinlto-cache-dir=cache -o program; done; ls cache | wc -l' | %FileCheck --match-full-lines --check-prefix=CACHE %s
// CACHE: 2

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef SECOND

__attribute__((noinline)) void work(void)
{
    __asm__ volatile("");
}

#else

extern int64_t *example_counters[];
int64_t example_calls(const char *function);
void work(void);

__attribute__((constructor)) static void early(void)
{
    work();
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 5; i++)
        work();
    printf("work %ld, main %ld\n", (long)example_calls("work"), (long)example_calls("main"));
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "counters")) {
        volatile int64_t *counters = example_counters[0];

        for (int i = 0; i < 4096; i++)
            counters[i] = 0;
        printf("forged: work %ld\n", (long)example_calls("work"));
    }
    if (argc > 1 && !strcmp(argv[1], "page"))
        *(int64_t *volatile *)example_counters = calloc(4096, sizeof(int64_t));
    return 0;
}

#endif
