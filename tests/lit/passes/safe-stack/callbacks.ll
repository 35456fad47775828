; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Which functions of libc are the runtime's: by name and parameters, where reads are confined.
; RUN: %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S %s \
; RUN:   | %FileCheck %s --check-prefix=WRITES
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefix=ALONE

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; A function that checks stands in the place of the address, and calls ours.
; CHECK: @table = global ptr @.memsentry.checked.qsort
; ALONE: @table = global ptr @.memsentry.checked.qsort
@table = global ptr @qsort

; CHECK-LABEL: define void @f(
; CHECK: call void @__memsentry_qsort(
; CHECK: call i32 @scandir(ptr
; CHECK: call i32 @nftw(
; CHECK: call ptr @__memsentry_fopencookie(
; WRITES-LABEL: define void @f(
; WRITES: call void @qsort(
; WRITES: call i32 @scandir(ptr
; WRITES: call i32 @nftw(
; WRITES: call ptr @__memsentry_fopencookie(
; ALONE-LABEL: define void @f(
; ALONE: call void @qsort(
; ALONE: call ptr @fopencookie(
define void @f(ptr %p) safestack {
  call void @qsort(ptr %p, i64 1, i64 8, ptr @order)
  %a = call i32 @scandir(ptr %p)
  %b = call i32 @nftw(ptr %p, ptr @order, i32 1, i32 0)
  %c = call ptr @fopencookie(ptr %p, ptr %p, ptr byval([4 x ptr]) align 8 %p)
  ret void
}

; The program's own: with other parameters, and with a body.
declare i32 @scandir(ptr)
define i32 @nftw(ptr %p, ptr %f, i32 %n, i32 %flags) safestack {
  ret i32 0
}

declare void @qsort(ptr, i64, i64, ptr)
declare ptr @fopencookie(ptr, ptr, ptr byval([4 x ptr]) align 8)
declare i32 @order(ptr, ptr)
