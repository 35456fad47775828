; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Points that cost an opening and a closing gate each, and hold nothing across a call.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=mpk -memsentry-benchdomain-points=call-ret -S %s | %FileCheck %s --check-prefixes=CHECK,CALL-RET
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=mpk -memsentry-benchdomain-points=icall -S %s | %FileCheck %s --check-prefixes=CHECK,ICALL
; RUN: echo ' # those' > %t.list
; RUN: echo 'library # this one' >> %t.list
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=mpk -memsentry-benchdomain-points=libfunc -memsentry-benchdomain-libfunc-file=%t.list -S %s | %FileCheck %s --check-prefixes=CHECK,LIBFUNC
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=hide -memsentry-benchdomain-points=call-ret -S %s | %FileCheck %s --check-prefix=CHECK
; RUN: not %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain -memsentry-benchdomain-points=ret -disable-output %s 2>&1 | %FileCheck %s --check-prefix=VALUE
; RUN: not %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain -memsentry-benchdomain-points=libfunc -disable-output %s 2>&1 | %FileCheck %s --check-prefix=NO-FILE
; RUN: not %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain -memsentry-benchdomain-points=libfunc -memsentry-benchdomain-libfunc-file=%t.none -disable-output %s 2>&1 | %FileCheck %s --check-prefix=UNREADABLE
; VALUE: error: {{.*}}invalid value 'ret' in '-memsentry-benchdomain-points='; it is one of: call-ret, icall, libfunc
; NO-FILE: error: {{.*}}'-memsentry-benchdomain-points=libfunc' needs '-memsentry-benchdomain-libfunc-file='
; UNREADABLE: error: {{.*}}cannot read '{{.*}}.none' of '-memsentry-benchdomain-libfunc-file='

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

declare void @library()

define void @defined() {
  ret void
}

; CHECK-LABEL: define void @points(
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555550
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @defined()
; LIBFUNC-NEXT: asm sideeffect {{.*}}0x55555550
; LIBFUNC-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @library()
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555550
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555554
; ICALL-NEXT: asm sideeffect {{.*}}0x55555550
; ICALL-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void %f()
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555550
; CALL-RET-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret void
define void @points(ptr %f) {
  call void @defined()
  call void @library()
  call void %f()
  ret void
}
