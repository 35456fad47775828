; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Functions of the whitelist section are neither instrumented nor inlined, nor is what they call.
; RUN: %opt -load-pass-plugin=%plugin -passes='default<O2>' -memsentry-prot-method=sfi \
; RUN:   -memsentry-rw=w -S %s | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes='default<O2>' -memsentry-prot-method=sfi \
; RUN:   -memsentry-rw=w -memsentry-whitelist-section=mine -S %s | %FileCheck %s --check-prefix=MINE

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define void @trusted(
; CHECK-NOT: or i64
; CHECK: store i32 1, ptr %p
; CHECK: tail call fastcc void @helper
; CHECK: store i32 3, ptr %r
; CHECK: ret void
; MINE-LABEL: define void @trusted(
; MINE: or i64
; MINE: store i32 1, ptr %masked
define void @trusted(ptr %p, ptr %q, ptr %r) section "memsentry_functions" {
  store i32 1, ptr %p
  call void @helper(ptr %q)
  call void @spared(ptr %r)
  ret void
}

; CHECK-LABEL: define {{.*}}void @helper(
; CHECK: or i64
; CHECK: store i32 2, ptr %masked
define internal void @helper(ptr %q) {
  store i32 2, ptr %q
  ret void
}

; What is always inlined inherits the trust of its caller.
define internal void @spared(ptr %r) alwaysinline {
  store i32 3, ptr %r
  ret void
}

; CHECK-LABEL: define void @caller(
; CHECK: call void @trusted(
; CHECK: or i64
; CHECK: store i32 4, ptr %masked
define void @caller(ptr %p, ptr %q, ptr %r) {
  call void @trusted(ptr %p, ptr %q, ptr %r)
  store i32 4, ptr %q
  ret void
}

; A trusted function that asks to be inlined always would lose its trust.
; CHECK-LABEL: define void @eager(
; CHECK-NOT: or i64
; CHECK: store i32 6, ptr %p
define void @eager(ptr %p) alwaysinline section "memsentry_functions" {
  store i32 6, ptr %p
  ret void
}

; CHECK-LABEL: define void @calls_eager(
; CHECK: call void @eager
define void @calls_eager(ptr %p) {
  call void @eager(ptr %p)
  ret void
}

; MINE-LABEL: define void @my_section(
; MINE-NOT: or i64
; MINE: store i32 5, ptr %p
define void @my_section(ptr %p) section "mine" {
  store i32 5, ptr %p
  ret void
}
