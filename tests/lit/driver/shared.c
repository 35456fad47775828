// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instrumented and stock libraries, linked and opened, in an instrumented program; a stock
// program cannot open a library that needs safe stacks.

// RUN: rm -rf %t && mkdir %t && echo '{ global: work; local: *; };' > %t/map
// RUN: bash -c '%memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -O1 %s -o %t/opens && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O1 -shared -fPIC -DLIBRARY -Wl,--no-undefined %s -o %t/liblinked.so'
// RUN: %t/opens %t/liblinked.so | %FileCheck --match-full-lines %s
// CHECK: work 7, in a thread 8

// All that linkers are made to do to libraries.
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O1 -shared -fPIC -DLIBRARY -ffunction-sections -Wl,--no-undefined,--gc-sections,-Bsymbolic,--version-script=%t/map %s -o %t/libbfd.so
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O1 -shared -fPIC -DLIBRARY -ffunction-sections -Wl,--no-undefined,--gc-sections,-Bsymbolic,--version-script=%t/map -fuse-ld=lld %s -o %t/liblld.so
// RUN: %clang -shared -fPIC -DLIBRARY %s -o %t/libstock.so
// RUN: %t/opens %t/libbfd.so | %FileCheck --match-full-lines %s
// RUN: %t/opens %t/liblld.so | %FileCheck --match-full-lines %s
// RUN: %t/opens %t/libstock.so | %FileCheck --match-full-lines %s
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -O1 -DLINKED %s -L%t -llinked -Wl,-rpath,%t -o %t/linked
// RUN: %t/linked | %FileCheck --match-full-lines %s
// RUN: cp %t/libstock.so %t/liblinked.so && %t/linked | %FileCheck --match-full-lines %s

// RUN: %clang -O1 %s -o %t/stock
// RUN: bash -c '%t/stock %t/libbfd.so; echo status $?' 2>&1 | %FileCheck --match-full-lines --check-prefix=REFUSED -DDIR=%t %s
// RUN: bash -c '%t/stock %t/liblld.so; echo status $?' 2>&1 | %FileCheck --match-full-lines --check-prefix=REFUSED -DDIR=%t %s
// REFUSED: memsentry: error: the library [[DIR]]/lib{{bfd|lld}}.so is built with '-fsanitize=safe-stack -fmemsentry=sfi', the program that loads it is not: link the program with these options
// REFUSED-NEXT: status 78
// The same when the loader loads it.
// RUN: cp %t/libbfd.so %t/liblinked.so && %clang -O1 -DLINKED %s -L%t -llinked -Wl,-rpath,%t -Wl,--allow-shlib-undefined -o %t/stocklinked
// RUN: bash -c '%t/stocklinked; echo status $?' 2>&1 | %FileCheck --match-full-lines --check-prefix=LINKED -DDIR=%t %s
// LINKED: memsentry: error: the library [[DIR]]/liblinked.so is built with '-fsanitize=safe-stack -fmemsentry=sfi', the program that loads it is not: link the program with these options
// LINKED-NEXT: status 78
// The control.
// RUN: %t/stock %t/libstock.so | %FileCheck --match-full-lines %s

#include <stdio.h>
#include <string.h>

#ifdef LIBRARY

__attribute__((noinline)) static void fill(char *text, int n)
{
    memset(text, 'x', (size_t)n);
    text[n] = '\0';
}

int work(int n)
{
    char text[32];

    fill(text, n);
    return (int)strlen(text);
}

#else

#include <dlfcn.h>
#include <pthread.h>

int (*function)(int);

static void *in_thread(void *result)
{
    *(int *)result = function(8);
    return NULL;
}

#ifdef LINKED
int work(int n);
#endif

int main(int argc, char **argv)
{
    int result = 0;
    pthread_t thread;

    (void)argc;
#ifdef LINKED
    (void)argv;
    function = work;
#else
    void *library = dlopen(argv[1], RTLD_NOW);

    if (library == NULL) {
        puts(dlerror());
        return 1;
    }
    *(void **)&function = dlsym(library, "work");
#endif
    pthread_create(&thread, NULL, in_thread, &result);
    pthread_join(thread, NULL);
    printf("work %d, in a thread %d\n", function(7), result);
    return 0;
}

#endif
