// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What clang is made to run, for each kind of call, without a warning even under -Werror.

// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %s -o %t -### 2>&1 | %FileCheck --check-prefixes=SUMMARY,COMPILE,LINK %s
// SUMMARY: memsentry: backend sfi, mode w, defenses safe-stack
// COMPILE: "-cc1"
// COMPILE-SAME: "-pic-level" "2" "-pic-is-pie"
// COMPILE-SAME: "-D" "__MEMSENTRY__=1" "-D" "__MEMSENTRY_SFI__=1"
// COMPILE-SAME: "-fstack-clash-protection"
// COMPILE-SAME: "-load" "{{[^"]*}}memsentry.so"
// COMPILE-SAME: "-fpass-plugin={{[^"]*}}memsentry.so"
// COMPILE-SAME: "-mllvm" "-memsentry-prot-method=sfi" "-mllvm" "-memsentry-rw=w" "-mllvm" "-memsentry-verify-external-call-args=true" "-mllvm" "-memsentry-defense=safe-stack" "-fsanitize=safe-stack"
// LINK: "-pie"
// LINK-SAME: Scrt1.o"
// LINK-SAME: "--wrap=__libc_start_main" "{{[^"]*}}/libmemsentry_start.a"
// LINK-SAME: "-u" "__memsentry_safestack" "{{[^"]*}}/libmemsentry_safestack.a"
// LINK-SAME: "--push-state" "--no-as-needed" "{{[^"]*}}/libmemsentry_malloc.so" "{{[^"]*}}/libmemsentry_rt.so" "--pop-state" "-rpath" "{{[^"]*}}"
// LINK-SAME: {{\.o"}}
// LINK-SAME: "-z" "relro" "-z" "now"
// LINK-NOT: libclang_rt.safestack

// The registers of AVX-512 belong to the key.
// RUN: %memsentry-clang -Werror -fmemsentry=crypt -march=skylake-avx512 %s -### 2>&1 | %FileCheck --check-prefix=CRYPT %s
// CRYPT: memsentry: backend crypt, mode rw, defenses none
// CRYPT-NOT: "+avx512
// CRYPT: "-D" "__MEMSENTRY__=1" "-D" "__MEMSENTRY_CRYPT__=1"

// RUN: %memsentry-clang -fmemsentry=sfi -c %s -### 2>&1 | %FileCheck --check-prefixes=RW,NOLINK %s
// RW: memsentry: backend sfi, mode rw, defenses none
// RW: "-memsentry-rw=rw"
// NOLINK-NOT: libmemsentry_

// RUN: %memsentry-clang -Wno-memsentry-no-safestack -fmemsentry=sfi -fPIC -shared %s -### 2>&1 | %FileCheck --check-prefix=SHARED %s
// SHARED-NOT: "-pic-is-pie"
// SHARED: "-shared"
// SHARED-NOT: libmemsentry_{{start|malloc}}
// SHARED: "{{[^"]*}}/libmemsentry_rt.so" "--pop-state"
// SHARED-SAME: "-z" "relro" "-z" "now"

// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -static-pie %s -### 2>&1 | %FileCheck --check-prefix=STATIC %s
// STATIC: "-static" "-pie"
// STATIC-NOT: {{memsentry_rt.so|rpath}}
// STATIC: "--wrap=__libc_start_main" "{{[^"]*}}/libmemsentry_start.a"
// STATIC-SAME: "-u" "malloc" "-u" "__memsentry_safestack" "{{[^"]*}}/libmemsentry_safestack.a"
// STATIC-NOT: {{memsentry_rt.so|rpath}}
// STATIC: {{\.o"}} "-z" "relro" "-z" "now" "{{[^"]*}}/libmemsentry_malloc_static.a" "{{[^"]*}}/libmemsentry_rt_static.a"

// The allocator of libc stays.
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -fno-memsentry-malloc %s -### 2>&1 | %FileCheck --check-prefix=LIBC %s
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -fno-memsentry-malloc -static-pie %s -### 2>&1 | %FileCheck --check-prefix=LIBC %s
// LIBC-NOT: malloc
// LIBC: libmemsentry_rt

// The runtime of another sanitizer still comes in, that of stock SafeStack does not.
// RUN: %memsentry-clang -fsanitize=undefined,safe-stack -fmemsentry=sfi %s -### 2>&1 | %FileCheck --check-prefix=UBSAN %s
// UBSAN: libclang_rt.ubsan_standalone
// UBSAN-NOT: libclang_rt.safestack

// RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-whitelist-section=mine -fno-memsentry-verify-external-call-args -c %s -### 2>&1 | %FileCheck --check-prefix=SETTINGS %s
// SETTINGS: "-memsentry-whitelist-section=mine" "-mllvm" "-memsentry-verify-external-call-args=false"

// Every kind of call, for real. FLAGS as a build system would give them everywhere.
// RUN: echo '.globl f' > %t.s && echo 'f: ret' >> %t.s && cp %t.s %t.S && cp %s %t.cc && echo 'int f(void);' > %t.h
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -c %s -o %t.o 2>&1 | count 0
// RUN: %memsentry-clangxx -Werror -fsanitize=safe-stack -fmemsentry=sfi -c %t.cc -o %t.cc.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -c %t.s -o %t.s.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -c %t.S -o %t.S.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -E %s -o %t.i 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -c %t.i -o %t.i.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -S -emit-llvm %s -o %t.ll 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -MM %s 2>&1 | count 1
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -fsyntax-only %s 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %t.h -o %t.pch 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -x c - -c -o %t.o < %s 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi %t.o -o %t 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -r %t.o -o %t.r.o 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -fPIC -shared %s -o %t.so 2>&1 | count 0
// RUN: %memsentry-clang -Werror -fsanitize=safe-stack -fmemsentry=sfi -Wl,--version 2>&1 | %FileCheck --check-prefix=LD %s
// LD: {{GNU ld|LLD}}
// RUN: %memsentry-clang -fsanitize=safe-stack -fmemsentry=sfi -dM -E %s | %FileCheck --check-prefix=MACROS %s
// MACROS-DAG: #define __MEMSENTRY__ 1
// MACROS-DAG: #define __MEMSENTRY_SFI__ 1

#ifndef __MEMSENTRY__
#error not hardened
#endif
#if !__has_feature(safe_stack)
#error no safe stack
#endif

int main(void)
{
    return 0;
}
