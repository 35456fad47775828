; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A function is instrumented once, a module refers to the runtime's version once; also when some of
; its functions come from a module that was instrumented before.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry,memsentry -memsentry-prot-method=sfi \
; RUN:   -memsentry-rw=w -S %s | %FileCheck %s --implicit-check-not=btsq \
; RUN:   --implicit-check-not=@__memsentry_abi_reference --implicit-check-not='@__memsentry_note'
; RUN: %memsentry-opt -memsentry-rw=w -S %s > %t.ll
; RUN: echo 'define void @g(ptr %%x) {' >> %t.ll
; RUN: echo '  store i32 1, ptr %%x' >> %t.ll
; RUN: echo '  ret void' >> %t.ll
; RUN: echo '}' >> %t.ll
; RUN: %memsentry-opt -memsentry-rw=w -S %t.ll | %FileCheck %s --check-prefixes=CHECK,LATER \
; RUN:   --implicit-check-not=btsq --implicit-check-not=@__memsentry_abi_reference
; RUN: %memsentry-opt -memsentry-rw=w %s | %llc --filetype=obj -relocation-model=pic -o %t.o
; RUN: llvm-readelf -SWs %t.o | %FileCheck %s --check-prefix=OBJECT

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK: @__memsentry_note = private constant
; CHECK: @__memsentry_abi_1 = external global i8
; CHECK: @__memsentry_abi_reference = private constant ptr @__memsentry_abi_1, section ".data.rel.ro.memsentry_abi"
; CHECK: @llvm.used = appending global [2 x ptr] [ptr @__memsentry_note, ptr @__memsentry_abi_reference]

; CHECK-LABEL: define void @f(
; CHECK: btsq
; CHECK: store i32 1, ptr %masked
define void @f(ptr %p) {
  %r = call i32 @setjmp() returns_twice
  store i32 1, ptr %p
  ret void
}

; LATER-LABEL: define void @g(
; LATER: or i64
; LATER: store i32 1, ptr %masked

; The reference survives --gc-sections.
; OBJECT: .data.rel.ro.memsentry_abi PROGBITS {{.*}} WAR
; OBJECT: NOTYPE GLOBAL DEFAULT UND __memsentry_abi_1

declare i32 @setjmp()
