; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The backend that checks addresses: what is checked, what is masked, and where checks go.
; RUN: %cat-ir %s | %memsentry-mpx-opt -memsentry-rw=rw -S | %FileCheck %s
; RUN: %cat-ir %s | %memsentry-mpx-opt -memsentry-rw=rw | %llc -O2 -relocation-model=pic -filetype=obj -o %t.o
; RUN: %llvm-bin/llvm-objdump -d %t.o | %FileCheck %s --check-prefix=CODE
; RUN: %cat-ir %s | %memsentry-mpx-opt -memsentry-rw=rw | %llc -O2 -relocation-model=pic | %FileCheck %s --check-prefix=ASM

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [25 x i64] zeroinitializer
@global = global [100 x i32] zeroinitializer
@local = thread_local global [100 x i32] zeroinitializer

; bndcl of the register, nothing else.
; CHECK-LABEL: define void @store(
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc $0,%rax\0A.byte 0xf3,0x0f,0x1a,0xc0\0A.else{{.*}}.ifc $0,%r15\0A.byte 0xf3,0x41,0x0f,0x1a,0xc7\0A.else\0A.error {{.*}}", "=r,0"(ptr %p)
; CHECK-NEXT: store i32 1, ptr [[C]]
; CODE-LABEL: <store>:
; CODE-NEXT: f3 0f 1a
define void @store(ptr %p) {
  store i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define i32 @others(
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %p)
; CHECK-NEXT: load i32, ptr [[C]]
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %q)
; CHECK-NEXT: atomicrmw add ptr [[C]]
; CHECK: cmpxchg ptr %checked
; CHECK-NOT: or i64
; CHECK: ret i32
define i32 @others(ptr %p, ptr %q, ptr %r) {
  %v = load i32, ptr %p
  %a = atomicrmw add ptr %q, i32 1 seq_cst
  %b = cmpxchg ptr %r, i32 1, i32 2 seq_cst seq_cst
  ret i32 %v
}

; The base is checked; index and distance stay in the address.
; CHECK-LABEL: define void @base(
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %p)
; CHECK-NOT: asm
; CHECK: ret void
define void @base(ptr %p, i32 %i) {
  %x = zext i32 %i to i64
  %a = getelementptr i32, ptr %p, i64 %x
  store i32 1, ptr %a
  %b = getelementptr i8, ptr %p, i64 100
  store i32 1, ptr %b
  ret void
}

; What needs no mask needs no check.
; CHECK-LABEL: define void @known(
; CHECK-NOT: asm
; CHECK: ret void
define void @known(i8 %i) {
  %x = zext i8 %i to i64
  %a = getelementptr i32, ptr @global, i64 %x
  store i32 1, ptr %a
  ret void
}

; CHECK-LABEL: define void @thread_local(
; CHECK: call ptr asm sideeffect ".ifc
; CHECK: ret void
define void @thread_local() {
  store i32 1, ptr @local
  ret void
}

; An access that may not be made at all must not fault: these are masked. Of no bytes, in lanes
; that are left out, by assembly.
; CHECK-LABEL: define void @uncertain(
; CHECK-NOT: .ifc
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK-NOT: .ifc
; CHECK: call void @llvm.memset.p0.i64(ptr {{.*}}%masked
; CHECK-NOT: .ifc
; CHECK: call void @llvm.masked.store.v4i32.p0(<4 x i32> zeroinitializer, ptr {{.*}}%masked
; CHECK-NOT: .ifc
; CHECK: or <4 x i64> {{.*}}[[SPLIT]]
; CHECK-NOT: .ifc
; CHECK: call void @llvm.masked.scatter
; CHECK-NOT: .ifc
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK-NOT: .ifc
; CHECK: call void asm sideeffect "incl $0", "=*m
; CHECK-NOT: .ifc
; CHECK: ret void
define void @uncertain(ptr %p, i64 %n, ptr %q, <4 x ptr> %v, <4 x i1> %m, ptr %r) {
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false)
  call void @llvm.masked.store.v4i32.p0(<4 x i32> zeroinitializer, ptr align 4 %q, <4 x i1> %m)
  call void @llvm.masked.scatter.v4i32.v4p0(<4 x i32> zeroinitializer, <4 x ptr> align 4 %v, <4 x i1> %m)
  call void asm sideeffect "incl $0", "=*m"(ptr elementtype(i32) %r)
  ret void
}

; What runs anyway is checked before the loop, once.
; CHECK-LABEL: define void @invariant(
; CHECK: entry:
; CHECK-NEXT: [[C:%.*]] = call ptr asm sideeffect ".ifc
; CHECK: loop:
; CHECK-NOT: asm
; CHECK: store volatile i32 %i, ptr [[C]]
; CHECK-NOT: asm
; CHECK: ret void
define void @invariant(ptr %p, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %j, %loop ]
  store volatile i32 %i, ptr %p
  %q = getelementptr i32, ptr %p, i64 1
  store volatile i32 %i, ptr %q
  %j = add i32 %i, 1
  %c = icmp ult i32 %j, %n
  br i1 %c, label %loop, label %exit
exit:
  ret void
}

; What a comparison guards is not, neither here nor by the code generator: null would be checked.
; CHECK-LABEL: define void @guarded(
; CHECK-NOT: asm
; CHECK: access:
; CHECK-NEXT: call ptr asm sideeffect ".ifc
; CHECK-NEXT: store
; CHECK-NOT: asm
; CHECK: ret void
; ASM-LABEL: guarded:
; ASM-NOT: .byte
; ASM: testq
; ASM: .byte 26
define void @guarded(ptr %p, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %j, %next ]
  %null = icmp eq ptr %p, null
  br i1 %null, label %next, label %access
access:
  store volatile i32 %i, ptr %p
  br label %next
next:
  %j = add i32 %i, 1
  %c = icmp ult i32 %j, %n
  br i1 %c, label %loop, label %exit
exit:
  ret void
}

; A value that may be null on one side of a branch is not checked before the branch.
; CHECK-LABEL: define i32 @speculated(
; CHECK-NOT: asm
; CHECK: access:
; CHECK: asm sideeffect ".ifc
; ASM-LABEL: speculated:
; ASM: test
; ASM: j{{n?}}e
; ASM: .byte 26
define i32 @speculated(ptr %p, i1 %c) {
entry:
  br i1 %c, label %access, label %exit
access:
  %v = load i32, ptr %p
  br label %exit
exit:
  %r = phi i32 [ 0, %entry ], [ %v, %access ]
  ret i32 %r
}

; setjmp: a check at each access, which nothing merges.
; CHECK-LABEL: define void @barrier(
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %p)
; CHECK-NEXT: store i32 1, ptr [[C]]
; CHECK: call i32 @setjmp
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %p)
; CHECK-NEXT: store i32 2, ptr [[C]]
; CHECK: [[C:%.*]] = call ptr asm sideeffect ".ifc {{.*}}(ptr %p)
; CHECK-NEXT: store i32 3, ptr [[C]]
; CHECK: call ptr asm sideeffect ".ifc {{.*}}(ptr @global)
; CHECK: ret void
define void @barrier(ptr %p) {
  store i32 1, ptr %p
  %r = call i32 @setjmp(ptr @buffer)
  store i32 2, ptr %p
  store i32 3, ptr %p
  store i32 4, ptr @global
  ret void
}

; Arguments of other code are compared as ever: null means something there.
; CHECK-LABEL: define void @argument(
; CHECK-NOT: .ifc
; CHECK: and i64 {{.*}}, [[SPLIT]]
; CHECK: call preserve_mostcc void @__memsentry_check_range.read(
; CHECK: call i64 @read
define void @argument(ptr %p) {
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

declare i64 @read(i32, ptr, i64)
declare i32 @setjmp(ptr) returns_twice
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
