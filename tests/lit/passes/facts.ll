; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Nothing that rests on memory contents or undefined behaviour is left for later passes to use.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefix=GONE

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i32] zeroinitializer

; GONE-NOT: call void @llvm.assume
; GONE-NOT: range(
; GONE-NOT: !range
; GONE-NOT: nsw
; GONE-NOT: nuw
; GONE-NOT: inbounds
; GONE-NOT: mustprogress
; GONE: llvm.loop.unroll.disable
; GONE-NOT: mustprogress

; With the assumption the mask would be deleted as having no effect.
; CHECK-LABEL: define void @assumed_bit(
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: store i32 1, ptr %masked
define void @assumed_bit(ptr %p) {
  %i = ptrtoint ptr %p to i64
  %b = and i64 %i, 70368744177664
  %c = icmp ne i64 %b, 0
  call void @llvm.assume(i1 %c)
  store i32 1, ptr %p
  ret void
}

; The mask of the index must stay: with !range LLVM would drop it.
; CHECK-LABEL: define void @index(
; CHECK: [[V:%.*]] = load i64, ptr %g, align 8{{$}}
; CHECK: and i64 [[V]], 7
define void @index(ptr %p, ptr %g) {
  %v = load i64, ptr %g, !range !0
  %x = and i64 %v, 7
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @flags(ptr %p, i32 %i, i32 %j)
define void @flags(ptr nonnull dereferenceable(8) %p, i32 range(i32 0, 4) %i, i32 %j) {
  %s = add nuw nsw i32 %i, %j
  %x = zext nneg i32 %s to i64
  %q = getelementptr inbounds nuw i32, ptr %p, i64 %x
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: define i64 @call(
; CHECK: call i64 @id(i64 %i, ptr %p)
define i64 @call(i64 %i, ptr %p) {
  %r = call range(i64 0, 8) i64 @id(i64 range(i64 0, 8) %i, ptr nonnull %p)
  ret i64 %r
}

; Of what a loop's metadata says only the hints stay.
; CHECK-LABEL: define void @loop(
; CHECK: br i1 {{.*}}, !llvm.loop
; CHECK: br i1 {{.*}}label %exit{{$}}
define void @loop(ptr %p) mustprogress {
entry:
  br label %one
one:
  %i = phi i32 [ 0, %entry ], [ %n, %one ]
  store volatile i32 %i, ptr %p
  %n = add i32 %i, 2
  %c = icmp ne i32 %n, 11
  br i1 %c, label %one, label %two, !llvm.loop !1
two:
  %j = phi i32 [ 0, %one ], [ %m, %two ]
  store volatile i32 %j, ptr %p
  %m = add i32 %j, 2
  %d = icmp ne i32 %m, 11
  br i1 %d, label %two, label %exit, !llvm.loop !4
exit:
  ret void
}

declare i64 @id(i64, ptr)
declare void @llvm.assume(i1)
!0 = !{i64 0, i64 8}
!1 = distinct !{!1, !2, !3}
!2 = !{!"llvm.loop.mustprogress"}
!3 = !{!"llvm.loop.unroll.disable"}
!4 = distinct !{!4, !2}

; What has no bit in common with the index is added to it: the code generator makes a displacement
; of that, and would make one of the `or` only while it is believed to be disjoint.
; CHECK-LABEL: define void @disjoint(
; CHECK: [[N:%.*]] = add i64 %i, 1
; CHECK: getelementptr i32, ptr @global, i64 [[N]]
define void @disjoint(i32 %x) {
  %w = zext i32 %x to i64
  %i = shl i64 %w, 4
  %n = or disjoint i64 %i, 1
  %q = getelementptr i32, ptr @global, i64 %n
  store i32 1, ptr %q
  ret void
}
