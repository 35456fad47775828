; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What is known to lie in the upper half and needs no mask, and what only looks so.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i8] zeroinitializer
@weak = extern_weak global i8
@alias = alias i8, getelementptr (i8, ptr @global, i64 50)
@far = alias i8, getelementptr (i8, ptr @global, i64 2199023255552)
@tls = thread_local global [100 x i8] zeroinitializer

; CHECK-LABEL: define void @globals(
; CHECK-NOT: or i64
; CHECK: ret void
define void @globals(i32 %i) {
  store i8 1, ptr @global
  store i8 2, ptr getelementptr (i8, ptr @global, i64 7)
  %q = getelementptr i32, ptr @global, i32 %i
  store i32 1, ptr %q
  store i8 3, ptr @alias
  store i8 4, ptr @weak
  ret void
}

; CHECK-LABEL: define void @far_from_global(
; CHECK: [[G:%.*]] = getelementptr i8, ptr @global, i64 %i
; CHECK: freeze ptr [[G]]
; CHECK: store i8 1, ptr %masked
define void @far_from_global(i64 %i) {
  %q = getelementptr i8, ptr @global, i64 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @far_alias(
; CHECK: or i64 ptrtoint (ptr @far to i64), [[SPLIT]]
define void @far_alias() {
  store i8 1, ptr @far
  ret void
}

; The address of a thread-local variable comes from memory that can be written.
; CHECK-LABEL: define void @thread_local(
; CHECK: [[T:%.*]] = call {{.*}}ptr @llvm.threadlocal.address.p0(ptr @tls)
; CHECK: freeze ptr [[T]]
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: store i8 1, ptr %masked
define void @thread_local() {
  %t = call ptr @llvm.threadlocal.address.p0(ptr @tls)
  store i8 1, ptr %t
  ret void
}

; CHECK-LABEL: define void @thread_local_constant(
; CHECK: or i64 ptrtoint (ptr @tls to i64), [[SPLIT]]
; CHECK: store i8 1, ptr {{%[^@]*$}}
define void @thread_local_constant() {
  store i8 1, ptr @tls
  ret void
}

; CHECK-LABEL: define void @constant_addresses(
; LLVM 19 does the arithmetic.
; CHECK: store i8 1, ptr {{%masked|inttoptr \(i64 7[0-9]{13} to ptr\)}}
; CHECK: store i8 2, ptr inttoptr (i64 [[SPLIT]] to ptr)
define void @constant_addresses() null_pointer_is_valid {
  store i8 1, ptr inttoptr (i64 4096 to ptr)
  store i8 2, ptr null
  ret void
}

; The stack is program memory when no defense says otherwise.
; CHECK-LABEL: define void @locals(
; CHECK-NOT: or i64
; CHECK: ret void
define void @locals(i32 %i, ptr byval([4 x i64]) %b) {
  %a = alloca [100 x i32]
  call void @take(ptr %a)
  %q = getelementptr i32, ptr %a, i32 %i
  store volatile i32 1, ptr %q
  store volatile i64 1, ptr %b
  ret void
}

; CHECK-LABEL: define void @far_from_local(
; CHECK: [[G:%.*]] = getelementptr i32, ptr %a, i64 %i
; CHECK: freeze ptr [[G]]
define void @far_from_local(i64 %i) {
  %a = alloca [100 x i32]
  call void @take(ptr %a)
  %q = getelementptr i32, ptr %a, i64 %i
  store volatile i32 1, ptr %q
  ret void
}

; Pointers from memory and from calls, and a choice between a known one and another.
; CHECK-LABEL: define void @others(
; CHECK-COUNT-3: store i8 {{.}}, ptr %masked
define void @others(ptr %p, i1 %c) {
  %l = load ptr, ptr %p
  store i8 1, ptr %l
  %r = call ptr @give()
  store i8 2, ptr %r
  %s = select i1 %c, ptr @global, ptr %r
  store i8 3, ptr %s
  ret void
}

; A pointer that is masked already, its alignment, and a truncation that loses the mask.
; CHECK-LABEL: define void @already(
; CHECK: or i64
; CHECK-NOT: or i64
; CHECK: store i8 2, ptr %b
; CHECK: or i64
; CHECK: store i8 3, ptr %masked
define void @already(i64 %i) {
  %o = or i64 %i, 70368744177664
  %a = inttoptr i64 %o to ptr
  store i8 1, ptr %a
  %m = and i64 %o, -64
  %b = inttoptr i64 %m to ptr
  store i8 2, ptr %b
  %t = ptrtoint ptr %a to i32
  %c = inttoptr i32 %t to ptr
  store i8 3, ptr %c
  ret void
}

; A mask of undef could become any address: it is frozen first.
; CHECK-LABEL: define void @undefined(
; CHECK: [[F:%.*]] = freeze ptr undef
; CHECK: ptrtoint ptr [[F]]
; CHECK: store volatile i8 1, ptr %masked
define void @undefined() {
  store volatile i8 1, ptr undef
  ret void
}

declare void @take(ptr)
declare ptr @give()
