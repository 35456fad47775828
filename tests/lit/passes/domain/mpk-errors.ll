; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; No WRPKRU but those of gates: one with a value from memory is an attacker's.
; RUN: not %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -disable-output %s 2>&1 | %FileCheck %s
; RUN: sed -e 's/wrpkru(i32 .*)/xrstor(ptr null, i32 -1, i32 -1)/' %s | not %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -disable-output 2>&1 | %FileCheck %s
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=hide -disable-output %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK: error: {{.*}}in function sets_rights {{.*}}a function that writes the rights of all protection keys could open the domain; use pkey_set, with '-fmemsentry-mpk-preserve'
define void @sets_rights(ptr %p) {
  %v = load i32, ptr %p
  call void @llvm.x86.wrpkru(i32 %v)
  ret void
}

declare void @llvm.x86.wrpkru(i32)
declare void @llvm.x86.xrstor(ptr, i32, i32)
