; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Masks move to the base of an address as long as the whole displacement stays within the guard.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @shared(
; CHECK-COUNT-1: or i64 {{.*}}, [[SPLIT]]
; CHECK-NOT: or i64
; CHECK: store i8 1, ptr %masked
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, i64 8
; CHECK: store i8 2, ptr [[G]]
; CHECK: getelementptr i32, ptr %masked, i64
; CHECK-NOT: or i64
; CHECK: ret void
define void @shared(ptr %p, i32 %i) {
  store i8 1, ptr %p
  %q = getelementptr inbounds i8, ptr %p, i64 8
  store i8 2, ptr %q
  %x = sext i32 %i to i64
  %r = getelementptr inbounds i32, ptr %p, i64 %x
  store i32 3, ptr %r
  ret void
}

; The last byte of the access is the last byte of the guard.
; CHECK-LABEL: define void @exactly_above(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, i64 1099511627775
; CHECK: store i8 1, ptr [[G]]
define void @exactly_above(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1099511627775
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @one_past_above(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 1099511627776
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @one_past_above(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1099511627776
  store i8 1, ptr %q
  ret void
}

; The size of the access counts.
; CHECK-LABEL: define void @wide_above(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 1099511627775
; CHECK: freeze ptr [[G]]
; CHECK: store i16 1, ptr %masked
define void @wide_above(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1099511627775
  store i16 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @exactly_below(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, i64 -1099511627776
; CHECK: store i64 1, ptr [[G]]
define void @exactly_below(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 -1099511627776
  store i64 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @one_past_below(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 -1099511627777
; CHECK: freeze ptr [[G]]
; CHECK: store i64 1, ptr %masked
define void @one_past_below(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 -1099511627777
  store i64 1, ptr %q
  ret void
}

; Two steps that each stay within the guard do not when taken together: the mask moves between.
; CHECK-LABEL: define void @total(
; CHECK: [[Q:%.*]] = getelementptr i8, ptr %p, i64 1000000000000
; CHECK: freeze ptr [[Q]]
; CHECK: [[R:%.*]] = getelementptr i8, ptr %masked, i64 1000000000000
; CHECK: store i8 1, ptr [[R]]
define void @total(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1000000000000
  %r = getelementptr i8, ptr %q, i64 1000000000000
  store i8 1, ptr %r
  ret void
}

; An index of 64 bits has no bound.
; CHECK-LABEL: define void @unbounded(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 %i
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @unbounded(ptr %p, i64 %i) {
  %q = getelementptr inbounds i8, ptr %p, i64 %i
  store i8 1, ptr %q
  ret void
}

; Elements so large that 32 bits of index go beyond the guard.
; CHECK-LABEL: define void @large_elements(
; CHECK: [[G:%.*]] = getelementptr [1024 x i8], ptr %p, i64
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @large_elements(ptr %p, i32 %i) {
  %x = sext i32 %i to i64
  %q = getelementptr inbounds [1024 x i8], ptr %p, i64 %x
  store i8 1, ptr %q
  ret void
}

; Fields of structures.
%pair = type { i32, [4 x i64] }
; CHECK-LABEL: define void @fields(
; CHECK: getelementptr %pair, ptr %masked, i64 %{{.*}}, i32 1, i64 %
define void @fields(ptr %p, i16 %i, i8 %j) {
  %x = sext i16 %i to i64
  %y = zext i8 %j to i64
  %q = getelementptr inbounds %pair, ptr %p, i64 %x, i32 1, i64 %y
  store i64 1, ptr %q
  ret void
}

; A pointer that grows in a loop is unbounded: masked where it is used, in the loop.
; CHECK-LABEL: define void @phi_cycle(
; CHECK: loop:
; CHECK: [[P:%.*]] = phi ptr
; CHECK: freeze ptr [[P]]
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: store i8 0, ptr %masked
define void @phi_cycle(ptr %p, ptr %end) {
entry:
  br label %loop
loop:
  %q = phi ptr [ %p, %entry ], [ %next, %loop ]
  store i8 0, ptr %q
  %next = getelementptr inbounds i8, ptr %q, i64 1
  %done = icmp eq ptr %next, %end
  br i1 %done, label %exit, label %loop
exit:
  ret void
}

; Re-optimisation takes the mask of an invariant base out of the loop.
; CHECK-LABEL: define void @invariant(
; CHECK: entry:
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: loop:
; CHECK-NOT: or i64
; CHECK: ret void
define void @invariant(ptr %p, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %x = zext i32 %i to i64
  %q = getelementptr inbounds i32, ptr %p, i64 %x
  store volatile i32 0, ptr %q
  %next = add nuw i32 %i, 1
  %done = icmp eq i32 %next, %n
  br i1 %done, label %exit, label %loop
exit:
  ret void
}
