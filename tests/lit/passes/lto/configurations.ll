; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where modules of different configurations are optimized together, no function is inlined where it
; would be confined less than by its own; other inlining goes on.
; RUN: %opt -load-pass-plugin=%plugin -passes='lto<O2>' -S %s | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes='thinlto<O2>' -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @ours(
; CHECK: or i64
define void @ours(ptr %p) "memsentry"="sfi:w" {
  store volatile i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define void @stricter(
; CHECK: or i64
define void @stricter(ptr %p) "memsentry"="sfi:rw" {
  store volatile i32 2, ptr %p
  ret void
}

; CHECK-LABEL: define void @unchecked(
; CHECK: or i64
define void @unchecked(ptr %p) "memsentry"="sfi:w" "memsentry-unchecked-arguments" {
  store volatile i32 3, ptr %p
  ret void
}

; Nobody has asked for it: it stays as it is.
; CHECK-LABEL: define void @foreign(
; CHECK-NOT: or i64
; CHECK: ret void
define void @foreign(ptr %p) {
  store volatile i32 4, ptr %p
  ret void
}

; CHECK-LABEL: define void @from_ours(
; CHECK: or i64
; CHECK: store volatile i32 1, ptr %masked
; CHECK: call void @stricter
; CHECK: store volatile i32 3, ptr %masked
; CHECK: store volatile i32 4, ptr %masked
define void @from_ours(ptr %p) "memsentry"="sfi:w" {
  call void @ours(ptr %p)
  call void @stricter(ptr %p)
  call void @unchecked(ptr %p)
  call void @foreign(ptr %p)
  ret void
}

; Another proof, either way: an error for code that had none, or none for code that had one.
; CHECK-LABEL: define void @unproved(
; CHECK: call void @ours
define void @unproved(ptr %p) "memsentry"="sfi:w" "memsentry-proof"="off" {
  call void @ours(ptr %p)
  ret void
}
; CHECK-LABEL: define void @from_proved(
; CHECK: call void @unproved
define void @from_proved(ptr %p) "memsentry"="sfi:w" {
  call void @unproved(ptr %p)
  ret void
}

; CHECK-LABEL: define void @from_unchecked(
; CHECK: call void @ours
; CHECK: store volatile i32 3, ptr %masked
define void @from_unchecked(ptr %p) "memsentry"="sfi:w" "memsentry-unchecked-arguments" {
  call void @ours(ptr %p)
  call void @unchecked(ptr %p)
  ret void
}

; CHECK-LABEL: define void @from_foreign(
; CHECK-NOT: or i64
; CHECK: call void @ours
; CHECK: call void @stricter
; CHECK: store volatile i32 4, ptr %p
; CHECK: ret void
define void @from_foreign(ptr %p) {
  call void @ours(ptr %p)
  call void @stricter(ptr %p)
  call void @foreign(ptr %p)
  ret void
}

; A call whose callee shows late is fenced early.
; CHECK-LABEL: define void @late(
; CHECK: call void @ours
define void @late(ptr %p) {
  %slot = alloca ptr
  store ptr @ours, ptr %slot
  %f = load ptr, ptr %slot
  call void %f(ptr %p)
  ret void
}
