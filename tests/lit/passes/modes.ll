; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Which accesses each mode confines. A control: without a backend nothing is touched.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=ALL,W
; RUN: %memsentry-opt -memsentry-rw=r -S %s | %FileCheck %s --check-prefixes=ALL,R
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefixes=ALL,RW
; RUN: %memsentry-opt -S %s | %FileCheck %s --check-prefixes=ALL,RW
; RUN: %opt -load-pass-plugin=%plugin -passes='default<O2>' -S < %s | %FileCheck %s --check-prefix=OFF

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; OFF-NOT: or i64
; OFF-NOT: memsentry

; ALL-LABEL: define void @store(
; ALL-SAME: #[[#ATTRIBUTES:]]
; W: [[P:%.*]] = freeze ptr %p
; W: [[I:%.*]] = ptrtoint ptr [[P]] to i64
; W: [[O:%.*]] = or i64 [[I]], [[SPLIT]]
; W: [[M:%.*]] = inttoptr i64 [[O]] to ptr
; W: store i32 1, ptr [[M]]
; RW: or i64 {{.*}}, [[SPLIT]]
; RW: store i32 1, ptr %masked
; R: store i32 1, ptr %p
define void @store(ptr %p) {
  store i32 1, ptr %p
  ret void
}

; ALL-LABEL: define i32 @load(
; W: load i32, ptr %p
; R: or i64 {{.*}}, [[SPLIT]]
; R: load i32, ptr %masked
; RW: or i64 {{.*}}, [[SPLIT]]
; RW: load i32, ptr %masked
define i32 @load(ptr %p) {
  %v = load i32, ptr %p
  ret i32 %v
}

; Atomic operations do both, so they are covered in every mode.
; ALL-LABEL: define void @atomics(
; ALL: atomicrmw add ptr %masked
; ALL: cmpxchg ptr %masked{{[0-9]*}},
define void @atomics(ptr %p, ptr %q) {
  %a = atomicrmw add ptr %p, i32 1 seq_cst
  %b = cmpxchg ptr %q, i32 1, i32 2 seq_cst seq_cst
  ret void
}

; A naked function has no place for code of ours.
; ALL-LABEL: define void @naked(
; ALL: store i32 1, ptr %p
define void @naked() naked {
  %p = call ptr @give()
  store i32 1, ptr %p
  ret void
}
declare ptr @give()

; W: attributes #[[#ATTRIBUTES]] = { {{.*}}"memsentry"="sfi:w" "memsentry-done" }
; R: attributes #[[#ATTRIBUTES]] = { {{.*}}"memsentry"="sfi:r" "memsentry-done" }
; RW: attributes #[[#ATTRIBUTES]] = { {{.*}}"memsentry"="sfi:rw" "memsentry-done" }
