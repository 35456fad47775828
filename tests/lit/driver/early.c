// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What runs before main: IFUNC resolvers, and constructors by their priorities, in programs and in
// libraries, with every kind of link.

// RUN: rm -rf %t && mkdir %t && cd %t
// DEFINE: %{cc} = %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi
// RUN: bash -c 'for o in "" "-O2" "-O2 -fuse-ld=lld" "-O2 -fuse-ld=mold" "-O2 -flto" "-static-pie" "-O2 -static-pie -fuse-ld=lld"; do %{cc} $o %s -o program && ./program || echo $o; done' | %FileCheck --match-full-lines %s
// RUN: bash -c '%{cc} -O2 -fPIC -shared -DLIBRARY %s -o libearly.so && %{cc} -O2 -DUSER %s -L. -learly -Wl,-rpath,%t -o user && ./user' | %FileCheck --match-full-lines --check-prefix=LIBRARY %s
// CHECK-COUNT-7: second 1, first 2, default 3, resolved 5
// CHECK-NOT: {{.}}
// LIBRARY: second 1, first 2, default 3, resolved 5

#include <stdio.h>
#include <string.h>

#ifndef USER

static int next;
static char order[3][16];

__attribute__((noinline)) static void note(char *where, const char *what)
{
    char text[16];

    snprintf(text, sizeof text, "%s %d", what, ++next);
    strcpy(where, text);
}

__attribute__((constructor)) static void by_default(void)
{
    note(order[2], "default");
}

__attribute__((constructor(300))) static void first(void)
{
    note(order[1], "first");
}

__attribute__((constructor(200))) static void second(void)
{
    note(order[0], "second");
}

static int length(const char *text)
{
    return (int)strlen(text);
}

static int (*resolve(void))(const char *)
{
    return length;
}

int resolved(const char *text) __attribute__((ifunc("resolve")));

void print(void)
{
    printf("%s, %s, %s, resolved %d\n", order[0], order[1], order[2], resolved("12345"));
}

#else
void print(void);
#endif

#ifndef LIBRARY
int main(void)
{
    print();
    return 0;
}
#endif
