; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Trusted functions call each other with the domain open; all others enter by the gates.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -S %s | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=sfi -S %s | %FileCheck %s --check-prefix=SFI
; SFI-NOT: .inner

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

declare void @other()
declare i32 @__gxx_personality_v0(...)

; CHECK-LABEL: define i32 @callee(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: %[[R:.*]] = call i32 @callee.inner(ptr %p, i32 %v)
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret i32 %[[R]]
; CHECK-LABEL: define internal i32 @callee.inner(
; CHECK-NEXT: store i32 %v, ptr %p
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @other()
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: ret i32 %v
define i32 @callee(ptr %p, i32 %v) section "memsentry_functions" {
  store i32 %v, ptr %p
  call void @other()
  ret i32 %v
}

; CHECK-LABEL: define i32 @caller(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: load
; CHECK-NEXT: call i32 @callee.inner(
; CHECK-NEXT: call i32 @callee.inner(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret
define i32 @caller(ptr %p) section "memsentry_functions" {
  %v = load i32, ptr %p
  %a = call i32 @callee(ptr %p, i32 %v)
  %b = call i32 @callee(ptr %p, i32 %v)
  ret i32 %b
}

; Others, and who is not sure to be called by its name.
; CHECK-LABEL: define i32 @ordinary(
; CHECK-NEXT: call i32 @callee(
; CHECK-NEXT: ret
define i32 @ordinary(ptr %p) {
  %v = call i32 @callee(ptr %p, i32 1)
  ret i32 %v
}

; CHECK-LABEL: define ptr @address(
; CHECK-NEXT: ret ptr @callee
define ptr @address() section "memsentry_functions" {
  ret ptr @callee
}

; What is unwound to has the domain closed: an invoke goes by the gates.
; CHECK-LABEL: define i32 @invokes(
; CHECK: invoke i32 @callee(
define i32 @invokes(ptr %p) section "memsentry_functions" personality ptr @__gxx_personality_v0 {
  %v = invoke i32 @callee(ptr %p, i32 1) to label %on unwind label %pad
on:
  ret i32 %v
pad:
  %e = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %e
}

; Another body may take its place.
; CHECK-LABEL: define weak void @replaceable(
; CHECK-NEXT: asm sideeffect
; CHECK-NEXT: store
define weak void @replaceable(ptr %p) section "memsentry_functions" {
  store i32 1, ptr %p
  ret void
}
; CHECK-LABEL: define void @calls_replaceable(
; CHECK-NEXT: call void @replaceable(
define void @calls_replaceable(ptr %p) section "memsentry_functions" {
  call void @replaceable(ptr %p)
  ret void
}
