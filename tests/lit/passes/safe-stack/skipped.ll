; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; LLVM can be told to leave passes out; the one that moves objects off the safe stack is missed.
; RUN: not %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -opt-bisect-limit=0 -S %s \
; RUN:   2>&1 | %FileCheck %s --implicit-check-not=error:
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -opt-bisect-limit=-1 -S %s \
; RUN:   2>&1 | %FileCheck %s --check-prefix=CONTROL --implicit-check-not=error:

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK: error: safe-stack was not applied to 'array': LLVM left its pass out
; CONTROL-LABEL: define void @array(
; CONTROL-NOT: alloca
; CONTROL: ret void
define void @array() safestack {
  %a = alloca [8 x i32]
  call void @take(ptr %a)
  ret void
}

; Nothing of this one is to be moved, and nothing is missed.
define i32 @harmless() safestack {
  %a = alloca i32
  store i32 1, ptr %a
  %v = load i32, ptr %a
  ret i32 %v
}

declare void @take(ptr)
