; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; va_arg writes its list, which is confined; what it reads is where the list in memory says.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s
; RUN: %not %memsentry-opt -memsentry-rw=rw -S %s 2>&1 | %FileCheck %s --check-prefix=READ

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: define i32 @argument(
; CHECK: va_arg ptr %masked, i32
; READ: MemSentry cannot prove that this read stays out of the safe regions: %v = va_arg ptr %masked, i32
define i32 @argument(ptr %p) {
  %v = va_arg ptr %p, i32
  ret i32 %v
}
