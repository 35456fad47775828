; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Intrinsics that another operand leads away from their pointer.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefixes=CHECK,RW

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i8] zeroinitializer
@table = external constant [4 x i32]

; Indices of 32 bits stay near a confined base.
; CHECK-LABEL: define void @near(
; CHECK: call void @llvm.x86.avx512.mask.scatter.dpq.512(ptr %masked, <8 x i1> %m, <8 x i32> %i,
define void @near(ptr %p, <8 x i32> %i, <8 x i64> %v, <8 x i1> %m) {
  call void @llvm.x86.avx512.mask.scatter.dpq.512(ptr %p, <8 x i1> %m, <8 x i32> %i, <8 x i64> %v, i32 8)
  ret void
}

; Indices of 64 bits lead anywhere: each address is confined.
; CHECK-LABEL: define void @far(
; CHECK-DAG: [[B:%.*]] = ptrtoint ptr %p to i64
; CHECK-DAG: [[S:%.*]] = mul <8 x i64> %i, {{.*}}i64 8
; CHECK: add <8 x i64>
; CHECK: or <8 x i64> {{.*}}[[SPLIT]]
; CHECK: call void @llvm.x86.avx512.mask.scatter.qpq.512(ptr null, <8 x i1> %m, <8 x i64> %{{[0-9]+}}, <8 x i64> %v, i32 1)
define void @far(ptr %p, <8 x i64> %i, <8 x i64> %v, <8 x i1> %m) {
  call void @llvm.x86.avx512.mask.scatter.qpq.512(ptr %p, <8 x i1> %m, <8 x i64> %i, <8 x i64> %v, i32 8)
  ret void
}

; CHECK-LABEL: define <2 x double> @gather(
; W: call <2 x double> @llvm.x86.avx2.gather.q.pd(<2 x double> zeroinitializer, ptr %p, <2 x i64> %i, <2 x double> %m, i8 4)
; RW: or <2 x i64> {{.*}}[[SPLIT]]
; RW: call <2 x double> @llvm.x86.avx2.gather.q.pd(<2 x double> zeroinitializer, ptr null, <2 x i64> %{{[0-9]+}}, <2 x double> %m, i8 1)
define <2 x double> @gather(ptr %p, <2 x i64> %i, <2 x double> %m) {
  %v = call <2 x double> @llvm.x86.avx2.gather.q.pd(<2 x double> zeroinitializer, ptr %p, <2 x i64> %i, <2 x double> %m, i8 4)
  ret <2 x double> %v
}

; The address of a global does not help: the index is what leads away.
; CHECK-LABEL: define <4 x i32> @gather_global(
; RW: or <4 x i64> {{.*}}[[SPLIT]]
define <4 x i32> @gather_global(<4 x i64> %i, <4 x i32> %m) {
  %v = call <4 x i32> @llvm.x86.avx2.gather.q.d.256(<4 x i32> zeroinitializer, ptr @global, <4 x i64> %i, <4 x i32> %m, i8 1)
  ret <4 x i32> %v
}

; Rows of a tile: the stride is bounded, and what the bound would change traps.
; CHECK-LABEL: define void @rows(
; CHECK: [[N:%.*]] = freeze i64 %stride
; CHECK: [[T:%.*]] = trunc i64 [[N]] to i32
; CHECK: [[X:%.*]] = sext i32 [[T]] to i64
; CHECK: [[A:%.*]] = add i64 [[N]], 2147483648
; CHECK: icmp ugt i64 [[A]], 4294967295
; CHECK: call void @__memsentry_length_trap(ptr %p, i64 [[N]])
; CHECK: call void @llvm.x86.tilestored64(i8 0, ptr %masked, i64 [[X]])
define void @rows(ptr %p, i64 %stride) {
  call void @llvm.x86.tilestored64(i8 0, ptr %p, i64 %stride)
  ret void
}

; CHECK-LABEL: define void @close_rows(
; CHECK-NOT: icmp
; CHECK: call void @llvm.x86.tilestored64.internal(i16 8, i16 64, ptr %masked, i64 64, x86_amx
; CHECK: ret void
define void @close_rows(ptr %p) {
  %t = call x86_amx @llvm.x86.tilezero.internal(i16 8, i16 64)
  call void @llvm.x86.tilestored64.internal(i16 8, i16 64, ptr %p, i64 64, x86_amx %t)
  ret void
}

; CHECK-LABEL: define void @columns(
; CHECK: call void @llvm.matrix.column.major.store.v4i32.i64(<4 x i32> %v, ptr %masked, i64 %stride,
define void @columns(ptr %p, i32 %n, <4 x i32> %v) {
  %stride = zext i32 %n to i64
  call void @llvm.matrix.column.major.store.v4i32.i64(<4 x i32> %v, ptr %p, i64 %stride, i1 false, i32 2, i32 2)
  ret void
}

; CHECK-LABEL: define ptr @relative(
; W: %[[ENTRY:.*]] = getelementptr i8, ptr %p, i32 %i
; RW: %[[ENTRY:.*]] = getelementptr i8, ptr %masked, i32 %i
; CHECK: %[[DISTANCE:.*]] = load i32, ptr %[[ENTRY]], align 4
; CHECK: getelementptr i8, ptr %p, i32 %[[DISTANCE]]
define ptr @relative(ptr %p, i32 %i) {
  %r = call ptr @llvm.load.relative.i32(ptr %p, i32 %i)
  ret ptr %r
}

; Of a table of relative addresses, anywhere from its start.
; CHECK-LABEL: define ptr @relative_entry(
; RW: or i64
; CHECK: load i32, ptr {{.*}}, align 4
define ptr @relative_entry(i64 %offset) {
  %r = call ptr @llvm.load.relative.i64(ptr @table, i64 %offset)
  ret ptr %r
}
