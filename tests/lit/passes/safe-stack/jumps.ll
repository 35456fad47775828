; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; setjmp, longjmp and contexts are the runtime's: it learns of which function, and when that returns.
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S %s | %FileCheck %s
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefix=ALONE
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack %s \
; RUN:   | %llc -O2 -relocation-model=pic | %FileCheck %s --check-prefix=ASM

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [25 x i64] zeroinitializer

; CHECK-LABEL: define i32 @sets(
; CHECK: [[FRAME:%.*]] = call ptr @llvm.addressofreturnaddress.p0()
; CHECK: call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
; CHECK: [[R:%.*]] = call i32 @__memsentry__setjmp(ptr %{{[^ ]+}}, ptr nest [[FRAME]])
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK: ret i32
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK: ret i32
; ALONE-LABEL: define i32 @sets(
; ALONE: call i32 @_setjmp(ptr %{{[^ ]+}})
; ALONE-NOT: forget
; ALONE: ret i32
; ALONE: ret i32

; The return address lies above the six registers that are saved, and a gap for the alignment.
; ASM-LABEL: sets:
; ASM: leaq 56(%rsp), [[FRAME:%r[a-z0-9]+]]
; ASM: movq [[FRAME]], %r10
; ASM: callq __memsentry__setjmp
define i32 @sets() safestack {
  %r = call i32 @_setjmp(ptr @buffer) returns_twice
  %c = icmp eq i32 %r, 0
  br i1 %c, label %first, label %second
first:
  call void @work()
  ret i32 1
second:
  call void @work()
  ret i32 2
}

; Others that save.
; CHECK-LABEL: define void @saves(
; CHECK: call i32 @__memsentry_setjmp(ptr %{{[^ ]+}}, ptr nest
; CHECK: call i32 @__memsentry___sigsetjmp(ptr %{{[^ ]+}}, i32 1, ptr nest
; CHECK: call i32 @__memsentry_getcontext(ptr %{{[^ ]+}}, ptr nest
; CHECK: call i32 @__memsentry_swapcontext(ptr {{[^ ]+}}, ptr {{[^ ]+}}, ptr nest
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK: ret void
define void @saves() safestack {
  %a = call i32 @setjmp(ptr @buffer)
  %b = call i32 @__sigsetjmp(ptr @buffer, i32 1)
  %c = call i32 @getcontext(ptr @buffer)
  %d = call i32 @swapcontext(ptr @buffer, ptr @buffer)
  ret void
}

; A call that may throw.
; CHECK-LABEL: define void @invokes(
; CHECK: invoke i32 @__memsentry__setjmp(ptr %{{[^ ]+}}, ptr nest {{.*}})
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK: ret void
define void @invokes() safestack personality ptr @personality {
  %r = invoke i32 @_setjmp(ptr @buffer) to label %normal unwind label %pad
normal:
  ret void
pad:
  %p = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %p
}

; An exception has left what was called.
; CHECK-LABEL: define void @catches(
; CHECK: landingpad
; CHECK: [[FRAME:%.*]] = call ptr @llvm.addressofreturnaddress.p0()
; CHECK: [[BELOW:%.*]] = getelementptr i8, ptr [[FRAME]], i64 -8
; CHECK: call void @__memsentry_forget_jumps(ptr [[BELOW]])
; CHECK: call ptr @__cxa_begin_catch(
define void @catches() safestack personality ptr @personality {
  invoke void @work() to label %normal unwind label %pad
normal:
  ret void
pad:
  %p = landingpad { ptr, i32 } catch ptr null
  %e = extractvalue { ptr, i32 } %p, 0
  %c = call ptr @__cxa_begin_catch(ptr %e)
  call void @__cxa_end_catch()
  ret void
}

; The call that takes the function's place comes after.
; CHECK-LABEL: define void @ends_in_call(
; CHECK: call void @__memsentry_forget_jumps(ptr
; CHECK-NEXT: musttail call void @work()
; CHECK-NEXT: ret void
define void @ends_in_call() safestack {
  %r = call i32 @_setjmp(ptr @buffer)
  musttail call void @work()
  ret void
}

; SafeStack or not: it runs on the same stack.
; CHECK-LABEL: define void @exempt(
; CHECK: call i32 @__memsentry__setjmp(ptr %{{[^ ]+}}, ptr nest
; CHECK: call void @__memsentry_forget_jumps(ptr
define void @exempt() {
  %r = call i32 @_setjmp(ptr @buffer)
  ret void
}

; CHECK-LABEL: define void @jumps(
; CHECK: call void @__memsentry_longjmp(ptr @buffer, i32 1)
; CHECK: call void @__memsentry__longjmp(ptr @buffer, i32 1)
; CHECK: call void @__memsentry_siglongjmp(ptr @buffer, i32 1)
; CHECK: call void @__memsentry___longjmp_chk(ptr @buffer, i32 1)
; CHECK: call i32 @__memsentry_setcontext(ptr @buffer)
; CHECK: call void (ptr, ptr, i32, ...) @__memsentry_makecontext(ptr @buffer, ptr @work, i32 1, i32 7
; CHECK-NOT: forget
; CHECK: ret void
define void @jumps(i32 %n) safestack {
  switch i32 %n, label %rest [ i32 0, label %a i32 1, label %b i32 2, label %c i32 3, label %d ]
a:
  call void @longjmp(ptr @buffer, i32 1)
  unreachable
b:
  call void @_longjmp(ptr @buffer, i32 1)
  unreachable
c:
  call void @siglongjmp(ptr @buffer, i32 1)
  unreachable
d:
  call void @__longjmp_chk(ptr @buffer, i32 1)
  unreachable
rest:
  %r = call i32 @setcontext(ptr @buffer)
  call void (ptr, ptr, i32, ...) @makecontext(ptr @buffer, ptr @work, i32 1, i32 7)
  ret void
}

; The program's own, by its parameters.
; CHECK-LABEL: define void @own(
; CHECK: call i32 @sigsetjmp(ptr %{{[^ ]+}})
define void @own() safestack {
  %r = call i32 @sigsetjmp(ptr @buffer)
  ret void
}

; CHECK-DAG: declare i32 @__memsentry_getcontext(ptr) [[TWICE:#[0-9]+]]
; CHECK-DAG: declare i32 @__memsentry___sigsetjmp(ptr, i32) [[TWICE]]
; CHECK: attributes [[TWICE]] = { nounwind returns_twice }

declare i32 @_setjmp(ptr)
declare i32 @setjmp(ptr)
declare i32 @__sigsetjmp(ptr, i32)
declare i32 @sigsetjmp(ptr)
declare i32 @getcontext(ptr)
declare i32 @swapcontext(ptr, ptr)
declare void @longjmp(ptr, i32)
declare void @_longjmp(ptr, i32)
declare void @siglongjmp(ptr, i32)
declare void @__longjmp_chk(ptr, i32)
declare i32 @setcontext(ptr)
declare void @makecontext(ptr, ptr, i32, ...)
declare void @work()
declare ptr @__cxa_begin_catch(ptr)
declare void @__cxa_end_catch()
declare i32 @personality(...)
