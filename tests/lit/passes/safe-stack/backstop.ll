; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; An access to a local on a safe stack that is not shown to lie within it is masked, so that it faults,
; whatever the defense has made of it.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @beyond(
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: getelementptr i32, ptr %masked, i64 8
define void @beyond() "memsentry-stack"="safe" {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 8
  store volatile i32 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @below(
; CHECK: or i64 {{.*}}, [[SPLIT]]
define void @below() "memsentry-stack"="safe" {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 -1
  store volatile i32 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @within(
; CHECK-NOT: or i64
; CHECK: ret void
define void @within() "memsentry-stack"="safe" {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 7
  store volatile i32 1, ptr %q
  ret void
}

; Where setjmp may return, an index is not what it was either.
; CHECK-LABEL: define void @behind_setjmp(
; CHECK: store volatile i32 1, ptr %b
; CHECK: btsq
; CHECK: store volatile i32 2, ptr %masked
define void @behind_setjmp(i32 %i) "memsentry-stack"="safe" {
  %a = alloca [8 x i32]
  %b = alloca i32
  %x = and i32 %i, 7
  %r = call i32 @setjmp() returns_twice
  store volatile i32 1, ptr %b
  %q = getelementptr i32, ptr %a, i32 %x
  store volatile i32 2, ptr %q
  ret void
}

declare i32 @setjmp()
