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
