; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Points that are counted: an increment each instead of the store, and one printer.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=hide -memsentry-benchdomain-points=call-ret -memsentry-benchdomain-count -S %s | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-benchdomain,memsentry,memsentry-benchdomain-post -memsentry-prot-method=hide -memsentry-benchdomain-points=icall -memsentry-benchdomain-count -S %s | %FileCheck %s --check-prefix=NONE

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK: @__memsentry_benchdomain_count = linkonce_odr hidden global i64 0, comdat
; CHECK: @llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @__memsentry_benchdomain_print, ptr @__memsentry_benchdomain_print }]
; NONE-NOT: __memsentry_benchdomain

; CHECK-LABEL: define void @defined(
; CHECK-NEXT: atomicrmw add ptr @__memsentry_benchdomain_count, i64 1 monotonic
; CHECK-NEXT: ret void
define void @defined() {
  ret void
}

; CHECK-LABEL: define void @points(
; CHECK-NEXT: atomicrmw add ptr @__memsentry_benchdomain_count, i64 1 monotonic
; CHECK-NEXT: call void @defined()
; CHECK-NEXT: atomicrmw add ptr @__memsentry_benchdomain_count, i64 1 monotonic
; CHECK-NEXT: ret void
define void @points() {
  call void @defined()
  ret void
}

; CHECK-LABEL: define linkonce_odr hidden void @__memsentry_benchdomain_print() comdat
; CHECK-NEXT: %1 = load i64, ptr @__memsentry_benchdomain_count
; CHECK-NEXT: call i32 (i32, ptr, ...) @dprintf(i32 2, ptr {{.*}}, i64 %1)
