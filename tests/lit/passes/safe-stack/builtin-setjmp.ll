; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; __builtin_setjmp keeps the stack pointer in ordinary memory: refused, with SafeStack or without.
; RUN: not %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S %s 2>&1 | %FileCheck %s
; RUN: not %memsentry-opt -memsentry-rw=w -S %s 2>&1 | %FileCheck %s --check-prefix=ALONE

; ALONE: error: {{.*}}: MemSentry cannot confine 'llvm.eh.sjlj.setjmp'
; CHECK: error: safe-stack does not support __builtin_setjmp and __builtin_longjmp; use setjmp and longjmp

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define void @f(ptr %p) safestack {
  %r = call i32 @llvm.eh.sjlj.setjmp(ptr %p)
  ret void
}
