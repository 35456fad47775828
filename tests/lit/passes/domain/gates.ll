; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Where gates stand: around accesses to safe regions, as few as can be.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -S | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

declare void @other()
declare i32 @setjmp(ptr) returns_twice
declare void @may_throw()
declare i32 @__gxx_personality_v0(...)

; A gate on either side; the closing one looks at what it wrote.
; CHECK-LABEL: define void @one(
; CHECK-NEXT: call void asm sideeffect "xorl %ecx, %ecx; xorl %edx, %edx; movl $$0x55555550, %eax; wrpkru", "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}"(ptr @__memsentry_gate_trap_stub)
; CHECK-NEXT: store i32 1, ptr addrspace(1) %p
; CHECK-NEXT: call void asm sideeffect "xorl %ecx, %ecx; xorl %edx, %edx; movl $$0x55555554, %eax; wrpkru; cmpl $$0x55555554, %eax; jne ${0:c}", "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}"(ptr @__memsentry_gate_trap_stub)
; CHECK-NEXT: ret void
define void @one(ptr addrspace(1) %p) {
  store i32 1, ptr addrspace(1) %p
  ret void
}

; Nothing of other code is between these.
; CHECK-LABEL: define i32 @neighbours(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store
; CHECK-NEXT: %w = add
; CHECK-NEXT: %x = load
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret
define i32 @neighbours(ptr addrspace(1) %p, i32 %v) {
  store i32 1, ptr addrspace(1) %p
  %w = add i32 %v, 1
  %x = load volatile i32, ptr addrspace(1) %p
  ret i32 %w
}

; An access to ordinary memory, or a call, is.
; CHECK-LABEL: define void @apart(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 1
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: store i32 2
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 3
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @other()
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 4
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret void
define void @apart(ptr addrspace(1) %p, ptr %q) {
  store i32 1, ptr addrspace(1) %p
  store i32 2, ptr %q
  store i32 3, ptr addrspace(1) %p
  call void @other()
  store i32 4, ptr addrspace(1) %p
  ret void
}

; The gates are outside of a loop of nothing else.
; CHECK-LABEL: define void @loop(
; CHECK-NEXT: entry:
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: br label %body
; CHECK: body:
; CHECK-NOT: asm
; CHECK: br i1 %more, label %body, label %exit
; CHECK: exit:
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret void
define void @loop(ptr addrspace(1) %p, i64 %n) {
entry:
  br label %body
body:
  %i = phi i64 [ 0, %entry ], [ %next, %body ]
  %at = getelementptr i32, ptr addrspace(1) %p, i64 %i
  store i32 7, ptr addrspace(1) %at
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %body, label %exit
exit:
  ret void
}

; What is rare within a loop closes the domain for itself.
; CHECK-LABEL: define void @rare(
; CHECK-NEXT: entry:
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK: body:
; CHECK-NOT: asm
; CHECK: seldom:
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @other()
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: br label %latch
; CHECK: latch:
; CHECK-NOT: asm
; CHECK: exit:
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
define void @rare(ptr addrspace(1) %p, i64 %n) {
entry:
  br label %body
body:
  %i = phi i64 [ 0, %entry ], [ %next, %latch ]
  %at = getelementptr i32, ptr addrspace(1) %p, i64 %i
  %v = load i32, ptr addrspace(1) %at
  %odd = icmp eq i32 %v, 77
  br i1 %odd, label %seldom, label %latch, !prof !1
seldom:
  call void @other()
  br label %latch
latch:
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %body, label %exit, !prof !2
exit:
  ret void
}

; A marked access, as a defense writes it.
; CHECK-LABEL: define void @marked(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: atomicrmw
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
define void @marked(ptr %p) {
  %old = atomicrmw add ptr %p, i32 1 seq_cst, !memsentry.saferegion !0
  ret void
}

; Whoever is unwound to has the domain closed; so has the caller when it goes on.
; CHECK-LABEL: define void @unwinds(
; CHECK: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: invoke void @may_throw()
; CHECK: landingpad
; CHECK-NEXT: cleanup
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 3
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: resume
define void @unwinds(ptr addrspace(1) %p) personality ptr @__gxx_personality_v0 {
  store i32 1, ptr addrspace(1) %p
  invoke void @may_throw() to label %on unwind label %pad
on:
  store i32 2, ptr addrspace(1) %p
  ret void
pad:
  %e = landingpad { ptr, i32 } cleanup
  store i32 3, ptr addrspace(1) %p
  resume { ptr, i32 } %e
}

; A tail call stays one.
; CHECK-LABEL: define void @tail(
; CHECK: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: musttail call void @tail(
; CHECK-NEXT: ret void
define void @tail(ptr addrspace(1) %p) {
  store i32 1, ptr addrspace(1) %p
  musttail call void @tail(ptr addrspace(1) %p)
  ret void
}

; setjmp returns with the domain closed, however often.
; CHECK-LABEL: define i32 @returns_twice(
; CHECK: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call i32 @setjmp
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 2
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret i32
define i32 @returns_twice(ptr addrspace(1) %p, ptr %buffer) {
  store i32 1, ptr addrspace(1) %p
  %r = call i32 @setjmp(ptr %buffer) returns_twice
  store i32 2, ptr addrspace(1) %p
  ret i32 %r
}

; Trusted code has all of its accesses gated, and none of its calls.
; CHECK-LABEL: define i32 @trusted(
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: load i32, ptr %p
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call void @other()
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store i32 %v, ptr %q
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: ret i32
define i32 @trusted(ptr %p, ptr %q) section "memsentry_functions" {
  %v = load i32, ptr %p
  call void @other()
  store i32 %v, ptr %q
  ret i32 %v
}

; Mathematics may be a call of libm.
; CHECK-LABEL: define double @mathematics(
; CHECK: load double
; CHECK-NEXT: asm sideeffect {{.*}}0x55555554
; CHECK-NEXT: call double @llvm.sin.f64
; CHECK-NEXT: asm sideeffect {{.*}}0x55555550
; CHECK-NEXT: store double
define double @mathematics(ptr addrspace(1) %p) {
  %v = load double, ptr addrspace(1) %p
  %s = call double @llvm.sin.f64(double %v)
  store double %s, ptr addrspace(1) %p
  ret double %s
}

; Without an access there is no gate, and nothing else changes.
; CHECK-LABEL: define void @plain(
; CHECK-NEXT: store i32 1, ptr %p
; CHECK-NEXT: call void @other()
; CHECK-NEXT: ret void
define void @plain(ptr %p) {
  store i32 1, ptr %p
  call void @other()
  ret void
}

; CHECK: define linkonce_odr hidden void @__memsentry_gate_trap_stub()
; CHECK-NEXT: call void asm sideeffect "jmpq *${0:c}@GOTPCREL(%rip)", "s"(ptr @__memsentry_gate_trap)

!0 = !{}
!1 = !{!"branch_weights", i32 1, i32 1000}
!2 = !{!"branch_weights", i32 100, i32 1}
