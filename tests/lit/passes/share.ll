; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where only writes are confined, reads go through the base that is masked for them anyway, unless
; that would make each round of a loop wait.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %memsentry-opt -memsentry-rw=r -S %s | %FileCheck %s --check-prefixes=CHECK,R
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@tls = thread_local global i32 0

; CHECK-LABEL: define i32 @shared(
; CHECK-COUNT-1: or i64 {{.*}}, [[SPLIT]]
; CHECK-NOT: or i64
; W: [[Q:%.*]] = getelementptr i8, ptr %masked, i64 8
; W: load i32, ptr [[Q]]
; W: store i32 1, ptr %masked
; R: load i32, ptr %{{.*}}
; R: store i32 1, ptr %p
; CHECK: ret i32
define i32 @shared(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 8
  %v = load i32, ptr %q
  store i32 1, ptr %p
  ret i32 %v
}

; CHECK-LABEL: define i32 @only_read(
; W-NOT: or i64
; CHECK: ret i32
define i32 @only_read(ptr %p, ptr %q) {
  %v = load i32, ptr %p
  ret i32 %v
}

; CHECK-LABEL: define void @carried(
; W: %next = load ptr, ptr %p
define void @carried(ptr %first) {
entry:
  br label %loop
loop:
  %p = phi ptr [ %first, %entry ], [ %next, %loop ]
  %next = load ptr, ptr %p
  store i32 1, ptr %p
  %more = icmp ne ptr %next, null
  br i1 %more, label %loop, label %end
end:
  ret void
}

; CHECK-LABEL: define i32 @thread_local(
; W: load i32, ptr @tls
define i32 @thread_local() {
  %v = load i32, ptr @tls
  store i32 1, ptr @tls
  ret i32 %v
}
