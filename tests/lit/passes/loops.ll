; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where the counter of a loop is bounded, the base is masked before the loop.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @counted(
; CHECK: %masked = inttoptr
; CHECK: loop:
; CHECK-NOT: or i64
; CHECK: ret void
define void @counted(ptr %p, i32 %x) {
  %g = icmp sgt i32 %x, 0
  br i1 %g, label %enter, label %done
enter:
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %enter ], [ %n, %loop ]
  %a = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp eq i64 %n, %w
  br i1 %c, label %done, label %loop
done:
  ret void
}

; It is not bounded if there may be nothing to count to.
; CHECK-LABEL: define void @perhaps_nothing(
; CHECK: loop:
; CHECK: [[P:%.*]] = getelementptr i32
; CHECK: freeze ptr [[P]]
; CHECK: or i64
define void @perhaps_nothing(ptr %p, i32 %x) {
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp eq i64 %n, %w
  br i1 %c, label %done, label %loop
done:
  ret void
}

; A bound that the proof does not follow (an element beyond the end has no definite value), as
; optimization may leave one behind: there is a mask after all, at the access.
; CHECK-LABEL: define void @lost(
; CHECK: loop:
; CHECK: [[P:%.*]] = getelementptr i32
; CHECK: freeze ptr [[P]]
; CHECK: or i64
; CHECK: store i32 1
define void @lost(ptr %p, <2 x i32> %v, i32 %k) {
  %x = extractelement <2 x i32> %v, i32 %k
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, %w
  br i1 %c, label %loop, label %done
done:
  ret void
}
