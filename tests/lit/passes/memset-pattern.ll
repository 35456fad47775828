; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The length of a pattern counts values, not bytes. LLVM 19 does not have it.
; REQUIRES: llvm-22
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @variable(
; CHECK: icmp ugt i64 {{.*}}, 274877906944
; CHECK: call void @__memsentry_length_trap(ptr %p,
; CHECK: call void @llvm.experimental.memset.pattern.p0.i32.i64(ptr %masked, i32 %v,
define void @variable(ptr %p, i32 %v, i64 %n) {
  call void @llvm.experimental.memset.pattern.p0.i32.i64(ptr %p, i32 %v, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: define void @bounded(
; CHECK-NOT: icmp
; CHECK: ret void
define void @bounded(ptr %p, i64 %v, i32 %n) {
  %count = zext i32 %n to i64
  call void @llvm.experimental.memset.pattern.p0.i64.i64(ptr %p, i64 %v, i64 %count, i1 false)
  ret void
}

; A pointer as value is no address here.
; CHECK-LABEL: define void @pointers(
; CHECK: call void @llvm.experimental.memset.pattern.p0.p0.i64(ptr %masked, ptr %v, i64 4, i1 false)
define void @pointers(ptr %p, ptr %v) {
  call void @llvm.experimental.memset.pattern.p0.p0.i64(ptr %p, ptr %v, i64 4, i1 false)
  ret void
}
