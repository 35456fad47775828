; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; __builtin_setjmp keeps the stack pointer in ordinary memory: with SafeStack it is the runtime's,
; which keeps it out of reach; without, it is refused.
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S %s | %FileCheck %s
; RUN: not %memsentry-opt -memsentry-rw=w -S %s 2>&1 | %FileCheck %s --check-prefix=ALONE

; ALONE: error: {{.*}}: MemSentry cannot confine 'llvm.eh.sjlj.setjmp'

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [5 x ptr] zeroinitializer

; Nothing of the native stack is left in the buffer.
; CHECK-LABEL: define i32 @sets(
; CHECK-NOT: stacksave
; CHECK: (ptr getelementptr (i8, ptr @buffer, i64 16))
; CHECK-NEXT: store ptr null,
; CHECK: [[FRAME:%.*]] = call ptr @llvm.addressofreturnaddress.p0()
; CHECK: [[R:%.*]] = call i32 @__memsentry_builtin_setjmp(ptr {{.*}}, ptr nest [[FRAME]])
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK-NEXT: ret i32 [[R]]
define i32 @sets() safestack {
  %f = call ptr @llvm.frameaddress.p0(i32 0)
  store ptr %f, ptr @buffer
  %s = call ptr @llvm.stacksave.p0()
  store ptr %s, ptr getelementptr (i8, ptr @buffer, i64 16)
  %r = call i32 @llvm.eh.sjlj.setjmp(ptr @buffer)
  ret i32 %r
}

; CHECK-LABEL: define void @jumps(
; CHECK-NEXT: call void @__memsentry_builtin_longjmp(ptr @buffer)
; CHECK-NEXT: unreachable
define void @jumps() safestack {
  call void @llvm.eh.sjlj.longjmp(ptr @buffer)
  unreachable
}
; CHECK: declare i32 @__memsentry_builtin_setjmp(ptr) [[TWICE:#[0-9]+]]
; CHECK: declare void @__memsentry_builtin_longjmp(ptr) [[NEVER:#[0-9]+]]
; CHECK-DAG: attributes [[TWICE]] = { nounwind returns_twice }
; CHECK-DAG: attributes [[NEVER]] = { noreturn nounwind }

declare ptr @llvm.frameaddress.p0(i32)
declare ptr @llvm.stacksave.p0()
declare i32 @llvm.eh.sjlj.setjmp(ptr)
declare void @llvm.eh.sjlj.longjmp(ptr)
