; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Intrinsics and calls that access memory through their arguments.
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=w -S - | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=rw -S - | %FileCheck %s --check-prefixes=CHECK,RW

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @masked_store(
; CHECK: call void @llvm.masked.store.v4i32.p0(<4 x i32> %v, ptr {{.*}}%masked, {{.*}}<4 x i1> %m)
define void @masked_store(<4 x i32> %v, ptr %p, <4 x i1> %m) {
  call void @llvm.masked.store.v4i32.p0(<4 x i32> %v, ptr align 4 %p, <4 x i1> %m)
  ret void
}

; CHECK-LABEL: define <4 x i32> @masked_load(
; W: call <4 x i32> @llvm.masked.load.v4i32.p0(ptr {{.*}}%p,
; RW: call <4 x i32> @llvm.masked.load.v4i32.p0(ptr {{.*}}%masked,
define <4 x i32> @masked_load(ptr %p, <4 x i1> %m) {
  %v = call <4 x i32> @llvm.masked.load.v4i32.p0(ptr align 4 %p, <4 x i1> %m, <4 x i32> zeroinitializer)
  ret <4 x i32> %v
}

; CHECK-LABEL: define void @scatter(
; CHECK: or <4 x i64> {{.*}}, {{splat \(i64|<i64}} [[SPLIT]]
; CHECK: call void @llvm.masked.scatter.v4i32.v4p0(<4 x i32> %v, <4 x ptr> {{.*}}%masked,
define void @scatter(<4 x i32> %v, <4 x ptr> %p, <4 x i1> %m) {
  call void @llvm.masked.scatter.v4i32.v4p0(<4 x i32> %v, <4 x ptr> align 4 %p, <4 x i1> %m)
  ret void
}

; CHECK-LABEL: define <4 x i32> @gather(
; W: call <4 x i32> @llvm.masked.gather.v4i32.v4p0(<4 x ptr> {{.*}}%p,
; RW: call <4 x i32> @llvm.masked.gather.v4i32.v4p0(<4 x ptr> {{.*}}%masked,
define <4 x i32> @gather(<4 x ptr> %p, <4 x i1> %m) {
  %v = call <4 x i32> @llvm.masked.gather.v4i32.v4p0(<4 x ptr> align 4 %p, <4 x i1> %m, <4 x i32> zeroinitializer)
  ret <4 x i32> %v
}

; CHECK-LABEL: define void @compress(
; CHECK: call void @llvm.masked.compressstore.v4i32(<4 x i32> %v, ptr %masked,
define void @compress(<4 x i32> %v, ptr %p, <4 x i1> %m) {
  call void @llvm.masked.compressstore.v4i32(<4 x i32> %v, ptr %p, <4 x i1> %m)
  ret void
}

; CHECK-LABEL: define void @variadic(
; CHECK: call void @llvm.va_start.p0(ptr %masked)
; CHECK: call void @llvm.va_copy.p0(ptr %masked{{[0-9]*}}, ptr
define void @variadic(ptr %p, ptr %q, ...) {
  call void @llvm.va_start.p0(ptr %p)
  call void @llvm.va_copy.p0(ptr %q, ptr %p)
  ret void
}

; CHECK-LABEL: define void @target(
; CHECK: call void @llvm.x86.sse2.maskmov.dqu(<16 x i8> %v, <16 x i8> %v, ptr %masked)
; CHECK: call void @llvm.x86.xsave(ptr %masked
define void @target(<16 x i8> %v, ptr %p, ptr %q) {
  call void @llvm.x86.sse2.maskmov.dqu(<16 x i8> %v, <16 x i8> %v, ptr %p)
  call void @llvm.x86.xsave(ptr %q, i32 0, i32 0)
  ret void
}

; What is written through two pointers, a cache line, an area, a trampoline.
; CHECK-LABEL: define void @areas(
; CHECK: call void @llvm.x86.movdir64b(ptr %masked, ptr %masked{{[0-9]+}})
; CHECK: call void @llvm.x86.clzero(ptr %masked{{[0-9]+}})
; CHECK: call void @llvm.x86.fxsave(ptr %masked{{[0-9]+}})
; CHECK: call void @llvm.init.trampoline(ptr %masked{{[0-9]+}}, ptr @take, ptr null)
define void @areas(ptr %p, ptr %q, ptr %r, ptr %s, ptr %t) {
  call void @llvm.x86.movdir64b(ptr %p, ptr %q)
  call void @llvm.x86.clzero(ptr %r)
  call void @llvm.x86.fxsave(ptr %s)
  call void @llvm.init.trampoline(ptr %t, ptr @take, ptr null)
  ret void
}

; What becomes the stack pointer is an address as well.
; CHECK-LABEL: define void @restore(
; CHECK: call void @llvm.stackrestore.p0(ptr %masked)
define void @restore(ptr %p) {
  call void @llvm.stackrestore.p0(ptr %p)
  ret void
}

; An undefined lane of a constant may become any address, unless it is frozen.
; CHECK-LABEL: define void @constant_lanes(
; CHECK: freeze <2 x ptr> <ptr {{.*}}, ptr @take>
; CHECK: or <2 x i64>
define void @constant_lanes(<2 x i32> %v, <2 x i1> %m) {
  call void @llvm.vp.scatter.v2i32.v2p0(<2 x i32> %v, <2 x ptr> <ptr undef, ptr @take>, <2 x i1> %m, i32 2)
  ret void
}

; Attributes of a call are what somebody claims: the intrinsic's own hold.
; CHECK-LABEL: define void @claimed(
; CHECK: call void @llvm.x86.xsave(ptr {{.*}}%masked
define void @claimed(ptr %p) {
  call void @llvm.x86.xsave(ptr readonly %p, i32 0, i32 0) memory(read)
  ret void
}

; CHECK-LABEL: define void @assembly(
; CHECK: call void asm "movl $$1, $0", "=*m"(ptr elementtype(i32) %masked)
define void @assembly(ptr %p) {
  call void asm "movl $$1, $0", "=*m"(ptr elementtype(i32) %p)
  ret void
}

; The caller reads what it passes by value.
; CHECK-LABEL: define void @by_value(
; W: call void @take(ptr byval([8 x i64]) %p)
; RW: call void @take(ptr byval([8 x i64]) %masked)
define void @by_value(ptr %p) {
  call void @take(ptr byval([8 x i64]) %p)
  ret void
}

; Hints and questions are no accesses.
; CHECK-LABEL: define i64 @none(
; CHECK-NOT: or i64
; CHECK: ret i64
define i64 @none(ptr %p) {
  call void @llvm.prefetch.p0(ptr %p, i32 0, i32 3, i32 1)
  %n = call i64 @llvm.objectsize.i64.p0(ptr %p, i1 false, i1 true, i1 true)
  ret i64 %n
}

declare void @take(ptr byval([8 x i64]))
