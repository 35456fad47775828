// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the plugin is to a defense of somebody else: when it calls, in which order, with which
// options; what it exports; and that C++ can be such a defense.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %clang %defense-flags %S/../driver/Inputs/defense.c -o one.so && %clang %defense-flags '-DNAME="two"' %S/../driver/Inputs/defense.c -o two.so

// classify before the optimiser, run after it, both in the order of the command line.
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=two.so -fmemsentry-defense=%t/one.so -fmemsentry-defense-arg=said:word=a -fmemsentry-defense-arg=two:word=b=c -fmemsentry-defense-arg=said:word=d -O2 -c %s -o 1.o 2>&1 | %FileCheck --match-full-lines --check-prefix=ORDER %s
// ORDER: two: classify, word b=c, as written
// ORDER-NEXT: said: classify, word d, as written
// ORDER-NEXT: two: run, word b=c, optimized
// ORDER-NEXT: said: run, word d, optimized
// ORDER-NOT: {{.}}
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=two.so -fmemsentry-defense=one.so -S -O2 %s -o - 2> said | %FileCheck --check-prefix=NOTE %s
// NOTE: abi={{.*}}defenses=two,said compiler=
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=one.so -fmemsentry-defense-arg=said:word=a -S -O2 %s -o - 2> said | %FileCheck --check-prefix=OPTIONS %s
// OPTIONS: abi={{.*}}defenses=safe-stack,said options={{[0-9a-f]+}} compiler=

// At link: classify is not repeated, run is where the linker optimizes.
// RUN: bash -c 'for lto in full thin; do %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=one.so -fmemsentry-defense-arg=said:word=a -flto=$lto -O2 -c %s -o 1.o; echo link; %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -fmemsentry-defense=one.so -fmemsentry-defense-arg=said:word=a -flto=$lto -O2 1.o -o main; done' 2>&1 | %FileCheck --match-full-lines --check-prefix=LTO %s
// LTO: said: classify, word a, as written
// LTO-NEXT: link
// LTO-NEXT: said: run, word a, optimized
// LTO-NEXT: said: classify, word a, as written
// LTO-NEXT: link
// LTO-NEXT: said: run, word a, optimized
// LTO-NOT: {{.}}
// Bitcode that is compiled again has been classified.
// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=one.so -flto -O2 -c %s -o 1.bc 2> said && %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=one.so -O2 -c 1.bc -o 1.o 2>&1 | %FileCheck --match-full-lines --check-prefix=AGAIN %s
// AGAIN: said: run, word -, optimized
// AGAIN-NOT: {{.}}

// opt
// RUN: %clang -S -emit-llvm -O1 %s -o 1.ll && %memsentry-opt -memsentry-defense-file=one.so -memsentry-defense-arg=said:word=a -disable-output 1.ll 2>&1 | %FileCheck --match-full-lines --check-prefix=OPT %s
// OPT: said: classify, word a, optimized
// OPT-NEXT: said: run, word a, optimized

// Exported are the functions of memsentry-pass.h, under its version, and nothing else.
// RUN: bash -c '%clang -E -I%include -isystem %llvm-bin/../include -x c %include/memsentry-pass.h | grep -oE "memsentry_[a-z_]+\(" | tr -d "(" | LC_ALL=C sort -u' > declared
// RUN: bash -c 'llvm-nm -D --defined-only %plugin | sed -nE "s/.* [TW] ([a-z_]+)@@MEMSENTRY_PASS_[0-9]+$/\1/p" | LC_ALL=C sort' > exported && diff declared exported
// RUN: grep -c . declared | %FileCheck --check-prefix=COUNT %s
// COUNT: {{1[0-9]|2[0-9]}}
// RUN: bash -c 'llvm-nm -D --defined-only %plugin | grep -v " [TW] memsentry_.*@@"' | %FileCheck --check-prefix=REST %s
// REST: A MEMSENTRY_PASS_[[#]]
// REST-NEXT: llvmGetPassPluginInfo@@MEMSENTRY_PASS_{{[0-9]+$}}
// REST-NOT: {{.}}
// RUN: bash -c 'n=$(sed -n "s/#define MEMSENTRY_PASS_INTERFACE //p" %include/memsentry/abi.h) && llvm-nm -D %plugin | grep -q "memsentry_option@@MEMSENTRY_PASS_$n\$"'

// C++
// RUN: %clangxx -std=c++17 -fno-rtti -fvisibility=hidden %defense-flags -Wno-c++20-designator -Wno-unused-parameter %S/Inputs/defense.cpp -o cxx.so && %memsentry-clang -fmemsentry=sfi -fmemsentry-defense=cxx.so -O2 -emit-llvm -S %s -o - | %FileCheck --check-prefix=CXX %s
// CXX: store i32 1, ptr addrspace(1) {{.*}}@of_the_defense{{.*}}!memsentry.saferegion

int of_the_defense;

int main(int argc, char **argv)
{
    for (; argc > 3; argc--)
        argv++;
    of_the_defense = 1;
    return argv != 0 ? 0 : 1;
}
