; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What counts as the bound of an index: bits of values, never wrap flags, ranges or assumptions. An
; index is bounded when the base is masked (and the address computed from the mask), unbounded when
; the final address is.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @narrow_index(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @narrow_index(ptr %p, i32 %i) {
  %q = getelementptr inbounds i8, ptr %p, i32 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @and_constant(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @and_constant(ptr %p, i64 %i) {
  %x = and i64 %i, 1048575
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @and_large(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @and_large(ptr %p, i64 %i) {
  %x = and i64 %i, 4398046511103
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; 39 bits are left.
; CHECK-LABEL: define void @lshr(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @lshr(ptr %p, i64 %i) {
  %x = lshr i64 %i, 25
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @lshr_little(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @lshr_little(ptr %p, i64 %i) {
  %x = lshr i64 %i, 23
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @urem(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @urem(ptr %p, i64 %i) {
  %x = urem i64 %i, 1000
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @udiv(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @udiv(ptr %p, i64 %i) {
  %x = udiv i64 %i, 1073741824
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; Not among the operations that are looked at.
; CHECK-LABEL: define void @srem(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @srem(ptr %p, i64 %i) {
  %x = srem i64 %i, 1000
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @zext(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @zext(ptr %p, i32 %i) {
  %x = zext i32 %i to i64
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @trunc(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @trunc(ptr %p, i64 %i) {
  %n = trunc i64 %i to i32
  %x = sext i32 %n to i64
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @shl_zext(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @shl_zext(ptr %p, i32 %i) {
  %w = zext i32 %i to i64
  %x = shl i64 %w, 4
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @shl_far(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @shl_far(ptr %p, i32 %i) {
  %w = zext i32 %i to i64
  %x = shl i64 %w, 10
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @add(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @add(ptr %p, i32 %i, i32 %j) {
  %a = zext i32 %i to i64
  %b = sext i32 %j to i64
  %x = add i64 %a, %b
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @mul(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @mul(ptr %p, i16 %i, i16 %j) {
  %a = zext i16 %i to i64
  %b = zext i16 %j to i64
  %x = mul i64 %a, %b
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @mul_far(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @mul_far(ptr %p, i32 %i, i32 %j) {
  %a = zext i32 %i to i64
  %b = zext i32 %j to i64
  %x = mul i64 %a, %b
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; The subtraction wraps: 2^32 - 1 elements of 300 bytes are beyond the guard.
; CHECK-LABEL: define void @sub_wraps(
; CHECK: [[G:%.*]] = getelementptr [300 x i8], ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @sub_wraps(ptr %p, i8 %i) {
  %a = zext i8 %i to i32
  %b = sub i32 %a, 1
  %x = zext i32 %b to i64
  %q = getelementptr inbounds [300 x i8], ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; Read as signed it does not.
; CHECK-LABEL: define void @sub(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr [300 x i8], ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @sub(ptr %p, i8 %i) {
  %a = zext i8 %i to i32
  %b = sub i32 %a, 1
  %x = sext i32 %b to i64
  %q = getelementptr inbounds [300 x i8], ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @select(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @select(ptr %p, i1 %c, i32 %i) {
  %a = zext i32 %i to i64
  %x = select i1 %c, i64 %a, i64 -5
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @select_unbounded(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @select_unbounded(ptr %p, i1 %c, i64 %i) {
  %x = select i1 %c, i64 %i, i64 -5
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @freeze(
; CHECK: freeze ptr %p
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, 
; CHECK: store i8 1, ptr [[G]]
define void @freeze(ptr %p, i64 %i) {
  %a = and i64 %i, 255
  %x = freeze i64 %a
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; undef is any value.
; CHECK-LABEL: define void @undefined(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @undefined(ptr %p, i1 %c, i32 %i) {
  %a = zext i32 %i to i64
  %x = select i1 %c, i64 %a, i64 undef
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; Flags bound nothing.
; CHECK-LABEL: define void @flags(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @flags(ptr %p, i64 %i) {
  %x = shl nuw nsw i64 %i, 1
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @range_attribute(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @range_attribute(ptr %p, i64 range(i64 0, 8) %x) {
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @assumed(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @assumed(ptr %p, i64 %x) {
  %c = icmp ult i64 %x, 8
  call void @llvm.assume(i1 %c)
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @range_metadata(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @range_metadata(ptr %p, ptr %g) {
  %x = load i64, ptr %g, !range !0
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @range_result(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, 
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @range_result(ptr %p, ptr %g) {
  %x = call range(i64 0, 8) i64 @any()
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @phi(
; CHECK: freeze ptr %p
define void @phi(ptr %p, i1 %c, i32 %i) {
entry:
  %a = zext i32 %i to i64
  br i1 %c, label %one, label %two
one:
  call void @effect()
  br label %two
two:
  %x = phi i64 [ %a, %entry ], [ 7, %one ]
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @phi_grows(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 %x
; CHECK: freeze ptr [[G]]
define void @phi_grows(ptr %p, ptr %g) {
entry:
  br label %loop
loop:
  %x = phi i64 [ 0, %entry ], [ %next, %loop ]
  %q = getelementptr inbounds i8, ptr %p, i64 %x
  store i8 1, ptr %q
  %next = add nuw nsw i64 %x, 8
  %done = call i1 @more()
  br i1 %done, label %exit, label %loop
exit:
  ret void
}

declare i64 @any()
declare i1 @more()
declare void @effect()
declare void @llvm.assume(i1)
!0 = !{i64 0, i64 8}
