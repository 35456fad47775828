; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where all modules agree, inlining at link is what it always was; trusted functions stay fenced. A
; control for the fences between configurations.
; RUN: %opt -load-pass-plugin=%plugin -passes='lto<O2>' -S %s | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes='thinlto<O2>' -S %s | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define void @ours(ptr %p) "memsentry"="sfi:w" {
  store volatile i32 1, ptr %p
  ret void
}

; What an earlier compilation has left of a function of the whitelist section.
; CHECK-LABEL: define void @trusted(
; CHECK-NOT: or i64
; CHECK: call void @ours
define void @trusted(ptr %p) noinline "memsentry"="sfi:w" "memsentry-trusted" {
  store volatile i32 2, ptr %p
  call void @ours(ptr %p) noinline
  ret void
}

; CHECK-LABEL: define void @from_ours(
; CHECK: or i64
; CHECK: store volatile i32 1, ptr %masked
; CHECK: call void @trusted
define void @from_ours(ptr %p) "memsentry"="sfi:w" {
  call void @ours(ptr %p)
  call void @trusted(ptr %p)
  ret void
}

; CHECK-LABEL: define void @late(
; CHECK: store volatile i32 1, ptr %masked
define void @late(ptr %p) "memsentry"="sfi:w" {
  %slot = alloca ptr
  store ptr @ours, ptr %slot
  %f = load ptr, ptr %slot
  call void %f(ptr %p)
  ret void
}
