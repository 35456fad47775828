; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Variable arguments where reads are confined: registers as parameters, a copy of the rest.
; RUN: %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S %s \
; RUN:   | %FileCheck %s --check-prefix=WRITES
; RUN: %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack %s \
; RUN:   | %llc -O2 -relocation-model=pic -o - | %FileCheck %s --check-prefix=CODE

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.large = type { [4 x i64] }

; A parameter with a name is in the first register; the others are taken. No va_start is left.
; CHECK-LABEL: define void @takes(
; CHECK-SAME: ptr nest %{{[^,]+}}, ptr %{{[^,]+}}, i64 {{[^,]+}}, i64 {{[^,]+}}, i64 {{[^,]+}}, i64 {{[^,]+}}, i64 {{[^,]+}}, <4 x float>
; CHECK-NOT: ...
; CHECK-SAME: {
; CHECK-NOT: llvm.va_start
; CHECK: store i32 8, ptr
; CHECK: store i32 48, ptr
; CHECK: ret void
; WRITES-LABEL: define void @takes(ptr %format, ...)
; WRITES: call void @llvm.va_start
define void @takes(ptr %format, ...) safestack {
  %list = alloca [24 x i8], align 16
  call void @llvm.va_start(ptr %list)
  call void @use(ptr %format, ptr %list)
  call void @llvm.va_end(ptr %list)
  ret void
}

; What stays in registers is announced as nothing.
; CHECK-LABEL: define void @calls(
; CHECK: call void (ptr, ...) @takes(ptr null, i32 1, ptr nest inttoptr (i64 5571797163987435520 to ptr))
; WRITES-LABEL: define void @calls(
; WRITES: call void (ptr, ...) @takes(ptr null, i32 1)
; CODE-LABEL: calls:
; CODE: movabsq $5571797163987435520, %r10
define void @calls() safestack {
  call void (ptr, ...) @takes(ptr null, i32 1)
  ret void
}

; Seven words: one register is the format's. The rest of them, 80 bits at a multiple of 16, a
; structure, and what comes behind it.
; CHECK-LABEL: define void @calls_with_many(
; CHECK-DAG: store i64 6, ptr
; CHECK-DAG: store i64 7, ptr
; CHECK-DAG: store x86_fp80 {{.*}}, ptr
; CHECK-DAG: call void @llvm.memcpy.p0.p0.i64(ptr align 8 {{.*}}, i64 32, i1 false)
; CHECK-DAG: store i64 8, ptr
; CHECK: call void (ptr, ...) @takes({{.*}}, ptr nest %{{[^)]+}})
define void @calls_with_many(ptr %large) safestack {
  call void (ptr, ...) @takes(ptr null, i64 1, i64 2, i64 3, i64 4, i64 5, i64 6, i64 7,
                              x86_fp80 0xK3FFF8000000000000000,
                              ptr byval(%struct.large) align 8 %large, i64 8)
  ret void
}

; A type whose place is not known: nothing is announced, and r10 says so.
; CHECK-LABEL: define void @calls_with_wide_vector(
; CHECK: call void (ptr, ...) @takes({{.*}}, ptr nest null)
define void @calls_with_wide_vector(<8 x float> %v) safestack {
  call void (ptr, ...) @takes(ptr null, <8 x float> %v)
  ret void
}

; The locals of this one are on the native stack: it cannot keep a copy.
; CHECK-LABEL: define void @excluded(
; CHECK: call void (ptr, ...) @takes({{.*}}, ptr nest null)
define void @excluded() {
  call void (ptr, ...) @takes(ptr null, i64 1, i64 2, i64 3, i64 4, i64 5, i64 6)
  ret void
}

; A thunk hands on what it was told.
; CHECK-LABEL: define void @thunk(
; CHECK-SAME: ptr nest [[CHAIN:%[^,]+]], ptr
; CHECK: musttail call void (ptr, ptr, ...) @takes(ptr nest [[CHAIN]], ptr
define void @thunk(ptr %this, ...) safestack {
  %moved = getelementptr i8, ptr %this, i64 -8
  musttail call void (ptr, ...) @takes(ptr %moved, ...)
  ret void
}

declare void @llvm.va_start(ptr)
declare void @llvm.va_end(ptr)
declare void @use(ptr, ptr)
