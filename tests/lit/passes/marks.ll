; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Accesses that a defense has marked, and address space 1, may reach the safe region.
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @marked(
; CHECK-NOT: or i64
; CHECK: ret void
define void @marked(ptr %p, i64 %n) {
  store i32 1, ptr %p, !memsentry.saferegion !0
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false), !memsentry.saferegion !0
  ret void
}

; CHECK-LABEL: define i32 @region(
; CHECK-NOT: or i64
; CHECK: ret i32
define i32 @region(ptr addrspace(1) %p) {
  store i32 1, ptr addrspace(1) %p
  %v = load volatile i32, ptr addrspace(1) %p
  ret i32 %v
}

; CHECK-LABEL: define void @control(
; CHECK: or i64
define void @control(ptr %p) {
  store i32 1, ptr %p
  ret void
}

!0 = !{}
