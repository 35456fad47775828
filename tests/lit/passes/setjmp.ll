; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; setjmp is a barrier: what was confined before it may come back from the jmp_buf changed.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=w %s | %llc -O2 -relocation-model=pic | %FileCheck %s --check-prefix=ASM

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [25 x i64] zeroinitializer
@global = global [100 x i32] zeroinitializer

; CHECK-LABEL: define void @barrier(
; CHECK-NOT: or i64
; CHECK: [[M:%.*]] = call ptr asm sideeffect "btsq $$[[SPLIT_BIT]], $0", "=r,0,~{flags}"(ptr %p)
; CHECK-NEXT: store i32 1, ptr [[M]]
; CHECK: call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
; CHECK: call i32 @setjmp
; CHECK: [[M:%.*]] = call ptr asm sideeffect "btsq $$[[SPLIT_BIT]], $0", "=r,0,~{flags}"(ptr %p)
; CHECK-NEXT: store i32 2, ptr [[M]]
; CHECK: [[G:%.*]] = getelementptr i32, ptr @global, i64
; CHECK: [[M:%.*]] = call ptr asm sideeffect "btsq $$[[SPLIT_BIT]], $0", "=r,0,~{flags}"(ptr [[G]])
; CHECK-NEXT: store i32 3, ptr [[M]]
; CHECK: ret void

; ASM-LABEL: barrier:
; ASM-DAG: pushq %rbx
; ASM-DAG: pushq %r12
; ASM-DAG: pushq %r13
; ASM-DAG: pushq %r14
; ASM-DAG: pushq %r15
; ASM: callq setjmp
; ASM: btsq $[[SPLIT_BIT]], [[R:%r.*]]
; ASM: movl $2, ([[R]])
; ASM: popq %r15
; ASM: retq
define void @barrier(ptr %p, i32 %i) {
  store i32 1, ptr %p
  %r = call i32 @setjmp(ptr @buffer)
  store i32 2, ptr %p
  %x = sext i32 %i to i64
  %q = getelementptr i32, ptr @global, i64 %x
  store i32 3, ptr %q
  ret void
}

; Arguments are always checked, known pointer or not.
; CHECK-LABEL: define void @argument(
; CHECK: call i32 @setjmp
; CHECK: call preserve_mostcc void @__memsentry_check_range.read(
; CHECK: call i64 @read
define void @argument(i32 %i) {
  %x = sext i32 %i to i64
  %q = getelementptr i8, ptr @global, i64 %x
  %s = call i32 @setjmp(ptr @buffer)
  %r = call i64 @read(i32 0, ptr %q, i64 8)
  ret void
}

; Nor does a length that was extended before come back as it was: 32 bits are no bound any more.
; CHECK-LABEL: define void @length(
; CHECK: call i32 @setjmp
; CHECK: [[N:%.*]] = call i64 asm sideeffect "", "=r,0"(i64 %x)
; CHECK: icmp ugt i64 [[N]], 1099511627776
; CHECK: call void @llvm.memset.p0.i64(ptr %{{.*}}, i8 0, i64 [[N]]
; CHECK: [[N:%.*]] = call i64 asm sideeffect "", "=r,0"(i64 %x)
; CHECK: icmp ugt i64 [[N]], 1099511627776
; CHECK: call i64 @read(i32 0, ptr %{{.*}}, i64 [[N]])
define void @length(ptr %p, i32 %n) {
  %x = zext i32 %n to i64
  %s = call i32 @setjmp(ptr @buffer)
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %x, i1 false)
  %r = call i64 @read(i32 0, ptr @global, i64 %x)
  ret void
}

; The attribute at the call alone is enough.
; CHECK-LABEL: define void @at_call(
; CHECK: asm sideeffect "btsq
define void @at_call(ptr %p) {
  %r = call i32 @other(ptr @buffer) returns_twice
  store i32 1, ptr %p
  ret void
}

; swapcontext restores registers from memory as well.
; CHECK-LABEL: define void @context(
; CHECK: call i32 @swapcontext
; CHECK: asm sideeffect "btsq
define void @context(ptr %p) {
  %r = call i32 @swapcontext(ptr @buffer, ptr @buffer)
  store i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define void @control(
; CHECK-NOT: asm
; CHECK: or i64
define void @control(ptr %p) {
  %r = call i32 @other(ptr @buffer)
  store i32 1, ptr %p
  ret void
}

declare i32 @setjmp(ptr) returns_twice
declare i32 @other(ptr)
declare i32 @swapcontext(ptr, ptr)
declare i64 @read(i32, ptr, i64)
