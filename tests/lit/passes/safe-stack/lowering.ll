; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What LLVM's transformation leaves to be done.
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S - \
; RUN:   | %FileCheck %s
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack - \
; RUN:   | %llc -O2 -relocation-model=pic -o /dev/null

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [25 x i64] zeroinitializer
@dispatch = ifunc void (), ptr @resolve

; The pass manager skips optnone functions; this one is lowered all the same and stays optnone.
; CHECK-LABEL: define void @not_optimised(
; CHECK-SAME: #[[#OPTNONE:]]
; CHECK-NOT: alloca
; CHECK: load volatile ptr, ptr addrspace(257) %
; CHECK: ret void
define void @not_optimised() noinline optnone safestack {
  %a = alloca [8 x i32]
  call void @take(ptr %a)
  ret void
}

; __builtin_frame_address(0) is on the unsafe stack.
; CHECK-LABEL: define ptr @frame(
; CHECK-NOT: llvm.frameaddress
; CHECK: load volatile ptr, ptr addrspace(257) %
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: ret ptr
define ptr @frame() safestack {
  %f = call ptr @llvm.frameaddress.p0(i32 0)
  ret ptr %f
}

; An object of variable size: its address is confined, whatever the size.
; CHECK-LABEL: define void @variable(
; CHECK: [[D:%.*]] = sub i64
; CHECK: [[A:%.*]] = and i64 [[D]], -16
; CHECK: [[P:%.*]] = inttoptr i64 [[A]] to ptr
; CHECK: [[F:%.*]] = freeze ptr [[P]]
; CHECK: [[I:%.*]] = ptrtoint ptr [[F]] to i64
; CHECK: [[O:%.*]] = or i64 [[I]], [[SPLIT]]
; CHECK: [[C:%.*]] = inttoptr i64 [[O]] to ptr
; CHECK: call void @take(ptr [[C]])
; CHECK-NOT: llvm.stackrestore
; CHECK: ret void
define void @variable(i64 %n) safestack {
  %s = call ptr @llvm.stacksave()
  %a = alloca i8, i64 %n
  call void @take(ptr %a)
  call void @llvm.stackrestore(ptr %s)
  ret void
}

; Nothing of variable size is left on the native stack, so what restores it from memory goes.
; CHECK-LABEL: define void @restore_only(
; CHECK-NOT: llvm.stackrestore
; CHECK: ret void
define void @restore_only(ptr %p) safestack {
  %s = load ptr, ptr %p
  call void @llvm.stackrestore(ptr %s)
  ret void
}

; An argument by value that may be indexed beyond its end is copied to the unsafe stack.
; CHECK-LABEL: define i32 @by_value(
; CHECK: call void @llvm.memcpy.p0.p0.i64(ptr align 8 [[COPY:%.*]], ptr align 8 %b, i64 80
; CHECK: [[Q:%.*]] = getelementptr i32, ptr [[COPY]], i64 %i
; CHECK: load i32, ptr [[Q]]
define i32 @by_value(ptr byval([20 x i32]) align 8 %b, i64 %i) safestack {
  %q = getelementptr i32, ptr %b, i64 %i
  %v = load i32, ptr %q
  ret i32 %v
}

; CHECK-LABEL: define void @by_value_atomic(
; CHECK: call void @llvm.memcpy.p0.p0.i64(ptr align 8 [[COPY:%.*]], ptr align 8 %b, i64 80
; CHECK: [[Q:%.*]] = getelementptr i32, ptr [[COPY]], i64 %i
; CHECK: freeze ptr [[Q]]
; CHECK: atomicrmw add ptr %masked
define void @by_value_atomic(ptr byval([20 x i32]) align 8 %b, i32 %v, i64 %i) safestack {
  %q = getelementptr i32, ptr %b, i64 %i
  %r = atomicrmw add ptr %q, i32 %v seq_cst
  ret void
}

; CHECK-LABEL: define i32 @by_value_in_bounds(
; CHECK-NOT: __safestack_unsafe_stack_ptr
; CHECK: ret i32
define i32 @by_value_in_bounds(ptr byval([20 x i32]) align 8 %b) safestack {
  %q = getelementptr i32, ptr %b, i64 19
  %v = load i32, ptr %q
  ret i32 %v
}

; After setjmp nothing that was computed before is trusted, the base of the frame included, nor
; where the variable of the unsafe stack pointer lies.
; CHECK-LABEL: define void @returns_twice(
; CHECK-NOT: alloca
; CHECK-NOT: addrspace(257)
; CHECK: store volatile ptr %{{.*}}, ptr %
; CHECK: call i32 @__memsentry_setjmp(ptr {{.*}}, ptr nest
; CHECK: [[B:%.*]] = call ptr asm sideeffect "btsq $$[[SPLIT_BIT]], $0", "=r,0,~{flags}"(ptr %masked)
; CHECK: [[A:%.*]] = getelementptr i8, ptr [[B]], i32
; CHECK: call void @take(ptr [[A]])
define void @returns_twice() safestack {
  %a = alloca i32
  %b = alloca i32
  store volatile i32 1, ptr %b
  %r = call i32 @setjmp(ptr @buffer)
  call void @take(ptr %a)
  ret void
}

; Objects share no slot, whatever their lifetimes.
; CHECK-LABEL: define void @lifetimes(
; CHECK-NOT: llvm.lifetime
; CHECK-DAG: getelementptr i8, ptr %{{.*}}, i32 -64
; CHECK-DAG: getelementptr i8, ptr %{{.*}}, i32 -128
; CHECK: ret void
define void @lifetimes() safestack {
  %a = alloca [64 x i8]
  %b = alloca [64 x i8]
  call void @llvm.lifetime.start.p0(ptr %a)
  call void @take(ptr %a)
  call void @llvm.lifetime.end.p0(ptr %a)
  call void @llvm.lifetime.start.p0(ptr %b)
  call void @take(ptr %b)
  call void @llvm.lifetime.end.p0(ptr %b)
  ret void
}

; A callee that LLVM believes not to touch memory uses the unsafe stack pointer all the same.
; CHECK-LABEL: define void @pure_callee(
; CHECK: store volatile ptr
; CHECK: call i32 @pure()
; CHECK: store volatile ptr
; CHECK: ret void
define void @pure_callee() safestack {
  %a = alloca [8 x i32]
  %x = call i32 @pure()
  %q = getelementptr i32, ptr %a, i32 %x
  store volatile i32 1, ptr %q
  ret void
}

; Before there is an unsafe stack, and without the attribute, locals stay, and so do their uses.
; CHECK-LABEL: define ptr @resolve(
; CHECK: alloca [8 x i32]
; CHECK-NOT: or i64
; CHECK: ret ptr
define ptr @resolve() safestack {
  %a = alloca [8 x i32]
  call void @take(ptr %a)
  store volatile i32 1, ptr %a
  ret ptr @target
}

; CHECK-LABEL: define void @left_alone(
; CHECK: alloca [8 x i32]
; CHECK: store volatile i32 1, ptr %q
; CHECK: store i32 2, ptr %masked
define void @left_alone(i64 %i, ptr %p) {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 %i
  store volatile i32 1, ptr %q
  store i32 2, ptr %p
  ret void
}

; Trusted functions are lowered and their unsafe stack is confined, but nothing else.
; CHECK-LABEL: define void @trusted(
; CHECK-NOT: alloca
; CHECK: load volatile ptr, ptr addrspace(257) %
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: store i32 1, ptr %p
define void @trusted(ptr %p) safestack section "memsentry_functions" {
  %a = alloca [8 x i32]
  call void @take(ptr %a)
  store i32 1, ptr %p
  ret void
}

; CHECK: attributes #[[#OPTNONE]] = { noinline optnone "memsentry"

define void @target() {
  ret void
}
declare void @take(ptr)
declare i32 @pure() memory(none) nounwind willreturn
declare i32 @setjmp(ptr) returns_twice
declare ptr @llvm.frameaddress.p0(i32)
