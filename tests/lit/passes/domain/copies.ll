; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; A copy between a region and ordinary memory runs with the domain open: its ordinary side is kept
; in the upper half by a mask, and its length by a trap.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @out(
; CHECK: or i64 %{{.*}}, [[SPLIT]]
; CHECK: icmp ugt i64 %{{.*}}, 1099511627776
; CHECK: asm sideeffect {{.*}}0x55555550
; CHECK: call void @llvm.memcpy.p0.p1.i64(ptr %masked, ptr addrspace(1) %p
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
define void @out(ptr %q, ptr addrspace(1) %p, i64 %n) {
  call void @llvm.memcpy.p0.p1.i64(ptr %q, ptr addrspace(1) %p, i64 %n, i1 false)
  ret void
}

; Within a region there is nothing to mask.
; CHECK-LABEL: define void @within(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: call void @llvm.memmove.p1.p1.i64
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
define void @within(ptr addrspace(1) %q, ptr addrspace(1) %p, i64 %n) {
  call void @llvm.memmove.p1.p1.i64(ptr addrspace(1) %q, ptr addrspace(1) %p, i64 32, i1 false)
  ret void
}

; Where setjmp returns, a mask that was made before is what the jmp_buf says.
; CHECK-LABEL: define void @behind_setjmp(
; CHECK: call i32 @setjmp
; CHECK: call ptr asm sideeffect "btsq
; CHECK: call void @llvm.memcpy.p0.p1.i64(ptr %masked
define void @behind_setjmp(ptr %q, ptr addrspace(1) %p, ptr %buffer) {
  %r = call i32 @setjmp(ptr %buffer) returns_twice
  call void @llvm.memcpy.p0.p1.i64(ptr %q, ptr addrspace(1) %p, i64 32, i1 false)
  ret void
}
declare i32 @setjmp(ptr) returns_twice

; What a call copies into an argument, out of what may be a region, is copied before.
; CHECK-LABEL: define void @by_value(
; CHECK-NEXT: [[COPY:%.*]] = alloca [3 x i64], align 64
; CHECK-NEXT: %local = alloca [3 x i64]
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: call void @llvm.memcpy.p0.p0.i64(ptr align 64 [[COPY]], ptr align 1 %p, i64 24, i1 false)
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @takes(ptr byval([3 x i64]) [[COPY]])
; CHECK-NEXT: call void @takes(ptr byval([3 x i64]) %local)
define void @by_value(ptr %p) section "memsentry_functions" {
  %local = alloca [3 x i64]
  call void @takes(ptr byval([3 x i64]) %p)
  call void @takes(ptr byval([3 x i64]) %local)
  ret void
}

declare void @takes(ptr byval([3 x i64]))
