// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What build systems do with a compiler, beyond a plain call.

// RUN: rm -rf %t && mkdir -p %t/one %t/two && cp %s %t/one/a.c && cp %s %t/two/a.c && cd %t
// DEFINE: %{cc} = %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi
// DEFINE: %{cxx} = %memsentry-clangxx -Werror -fsanitize=safe-stack -fmemsentry=sfi

// The same object from two directories, and nothing of where the plugin lies in it.
// RUN: bash -c 'for i in one two; do (cd $i && %{cc} -O2 -g -ffile-prefix-map=$PWD=. -c a.c -o a.o); done' && cmp one/a.o two/a.o
// RUN: llvm-strings one/a.o | %FileCheck --check-prefix=OBJECT %s
// OBJECT-NOT: memsentry.so
// Preprocessed here and compiled there, as distcc does.
// RUN: %{cc} -O2 -E -P one/a.c -o p.i && %{cc} -O2 -c p.i -o p.o && %{cc} -O2 -x cpp-output -c - -o q.o < p.i && llvm-objdump -dr --no-addresses p.o | tail -n +3 > p.d && llvm-objdump -dr --no-addresses q.o | tail -n +3 | diff p.d -
// RUN: llvm-readelf --notes p.o | %FileCheck --check-prefix=NOTE %s
// NOTE: MemSentry
// By way of assembly.
// RUN: %{cc} -O2 -S one/a.c -o a.s && %{cc} -c a.s -o s.o && %{cc} -O2 -c one/a.c -o d.o && llvm-readelf --notes s.o | %FileCheck --check-prefix=NOTE %s
// RUN: %{cc} -DMAIN -c one/a.c -o main.o && %{cc} main.o s.o -o program && ./program
// RUN: mkdir temps && cd temps && %{cc} -O2 -save-temps -c ../one/a.c -o a.o && ls | %FileCheck --match-full-lines --check-prefix=TEMPS %s
// TEMPS: a.bc
// TEMPS-NEXT: a.i
// TEMPS-NEXT: a.o
// TEMPS-NEXT: a.s
// RUN: llvm-readelf --notes %t/temps/a.o | %FileCheck --check-prefix=NOTE %s

// Dependencies, several inputs, response files.
// RUN: cd %t && %{cc} -MD -MF a.d -c one/a.c -o a.o && %FileCheck --check-prefix=DEPENDENCIES %s < a.d
// DEPENDENCIES: a.o: one/a.c
// DEPENDENCIES-NOT: memsentry
// RUN: cp one/a.c b.c && bash -c '(echo "#define MAIN"; cat b.c) > m.c' && %{cc} b.c m.c -o program && ./program
// RUN: bash -c 'mkdir objects && cd objects && %{cc} -c ../b.c ../m.c && %{cc} b.o m.o -o program && ./program'
// RUN: echo "-fsanitize=safe-stack -fmemsentry=sfi b.c m.c -o by_response" > response && %memsentry-clang @response && ./by_response && llvm-readelf --notes by_response | %FileCheck --check-prefix=NOTE %s

// Precompiled headers, and modules of C++20.
// RUN: echo 'int f(char *text);' > f.h && %{cc} -x c-header f.h -o f.h.pch && %{cc} -include f.h -c b.c -o with.o && %{cc} -include-pch f.h.pch -c b.c -o with.o
// RUN: echo 'export module m; export int twice(int x) { return 2 * x; }' > m.cppm && echo 'import m; int main() { return twice(21) != 42; }' > user.cpp
// RUN: %{cxx} -std=c++20 --precompile m.cppm -o m.pcm && %{cxx} -std=c++20 -fmodule-file=m=m.pcm user.cpp m.pcm -o user && ./user && %tools/memsentry-check user | %FileCheck --check-prefix=TWO %s
// TWO: objects: 2 instrumented, 0 not

// Archives of mixed objects.
// RUN: %clang -DMAIN -c b.c -o stock.o && llvm-ar rc libmixed.a a.o stock.o && %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -u main libmixed.a -o program 2>&1 | %FileCheck --check-prefix=MIXED %s
// MIXED: warning: not instrumented, so not confined: 'libmixed.a(stock.o)'
// RUN: ./program

#include <string.h>

int f(char *text);

#ifdef MAIN
int main(void)
{
    char text[32] = "text";

    return f(text) != 4;
}
#else
int f(char *text)
{
    char copy[32];

    strcpy(copy, text);
    return (int)strlen(copy);
}
#endif
