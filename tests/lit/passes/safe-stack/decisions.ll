; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What stays on the safe stack: objects all of whose accesses are shown to be within them by constants
; and widths. Its accesses need no mask; what moves is addressed from a confined pointer.
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S - \
; RUN:   | %FileCheck %s
; Control: without the defense everything stays.
; RUN: %cat-ir %s | %memsentry-opt -memsentry-rw=w -S - | %FileCheck %s --check-prefix=OFF

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; OFF-NOT: __safestack_unsafe_stack_ptr
; OFF: attributes #{{.*}} = { safestack

; CHECK-LABEL: define i32 @scalar(
; CHECK: alloca i32
; CHECK-NOT: __safestack_unsafe_stack_ptr
; CHECK-NOT: or i64
; CHECK: ret i32
define i32 @scalar(i32 %v) safestack {
  %a = alloca i32
  store volatile i32 %v, ptr %a
  %r = load volatile i32, ptr %a
  ret i32 %r
}

; CHECK-LABEL: define void @in_bounds(
; CHECK: alloca [8 x i32]
; CHECK-NOT: or i64
; CHECK: ret void
define void @in_bounds(i32 %i) safestack {
  %a = alloca [8 x i32]
  call void @llvm.memset.p0.i64(ptr %a, i8 0, i64 32, i1 true)
  %x = and i32 %i, 7
  %q = getelementptr i32, ptr %a, i32 %x
  store volatile i32 1, ptr %q
  ret void
}

; The first index that is out of bounds.
; CHECK-LABEL: define void @out_of_bounds(
; CHECK-NOT: alloca
; CHECK: [[S:%.*]] = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
; CHECK: [[L:%.*]] = load volatile ptr, ptr addrspace(257) [[S]]
; CHECK: [[F:%.*]] = freeze ptr [[L]]
; CHECK: [[I:%.*]] = ptrtoint ptr [[F]] to i64
; CHECK: [[O:%.*]] = or i64 [[I]], [[SPLIT]]
; CHECK: [[B:%.*]] = inttoptr i64 [[O]] to ptr
; CHECK: [[T:%.*]] = getelementptr i8, ptr [[B]], i32 -32
; CHECK: store volatile ptr [[T]], ptr addrspace(257) [[S]]
; CHECK: getelementptr i32, ptr [[T]], i32
; CHECK: store volatile ptr [[B]], ptr addrspace(257) [[S]]
; CHECK: ret void
define void @out_of_bounds(i32 %i) safestack {
  %a = alloca [8 x i32]
  %x = urem i32 %i, 9
  %q = getelementptr i32, ptr %a, i32 %x
  store volatile i32 1, ptr %q
  ret void
}

; LLVM believes these and would leave the object where it is.
; CHECK-LABEL: define void @by_range(
; CHECK-NOT: alloca
; CHECK: ret void
define void @by_range(i64 range(i64 0, 8) %i) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 %i
  store volatile i32 1, ptr %q
  ret void
}

; CHECK-LABEL: define void @by_loaded_range(
; CHECK-NOT: alloca
; CHECK: ret void
define void @by_loaded_range(ptr %g) safestack {
  %a = alloca [8 x i32]
  %i = load i64, ptr %g, !range !0
  %q = getelementptr i32, ptr %a, i64 %i
  store volatile i32 1, ptr %q
  ret void
}

; Atomic operations, which LLVM does not look at.
; CHECK-LABEL: define void @atomic_add(
; CHECK-NOT: alloca
; CHECK: atomicrmw add ptr
; CHECK: ret void
define void @atomic_add(i64 %i, i32 %v) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 %i
  %r = atomicrmw add ptr %q, i32 %v seq_cst
  ret void
}

; CHECK-LABEL: define void @atomic_exchange(
; CHECK-NOT: alloca
; CHECK: ret void
define void @atomic_exchange(i64 %i, i32 %v) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 %i
  %r = cmpxchg ptr %q, i32 0, i32 %v seq_cst seq_cst
  ret void
}

; One past the end, one before the start.
; CHECK-LABEL: define void @atomic_past(
; CHECK-NOT: alloca
; CHECK: ret void
define void @atomic_past(i32 %v) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 8
  %r = atomicrmw add ptr %q, i32 %v seq_cst
  ret void
}

; CHECK-LABEL: define void @atomic_before(
; CHECK-NOT: alloca
; CHECK: ret void
define void @atomic_before(i32 %v) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 -1
  %r = atomicrmw add ptr %q, i32 %v seq_cst
  ret void
}

; The address itself is published.
; CHECK-LABEL: define void @atomic_publish(
; CHECK-NOT: alloca
; CHECK: ret void
define void @atomic_publish(ptr %p) safestack {
  %a = alloca [8 x i32]
  %r = atomicrmw xchg ptr %p, ptr %a seq_cst
  ret void
}

; CHECK-LABEL: define void @atomic_publish_if(
; CHECK-NOT: alloca
; CHECK: ret void
define void @atomic_publish_if(ptr %p, ptr %o) safestack {
  %a = alloca [8 x i32]
  %r = cmpxchg ptr %p, ptr %o, ptr %a seq_cst seq_cst
  ret void
}

; CHECK-LABEL: define void @atomic_in_bounds(
; CHECK: alloca [8 x i32]
; CHECK-NOT: or i64
; CHECK: ret void
define void @atomic_in_bounds(i32 %v) safestack {
  %a = alloca [8 x i32]
  %q = getelementptr i32, ptr %a, i64 7
  %r = atomicrmw add ptr %q, i32 %v seq_cst
  ret void
}

; The address goes elsewhere: through a call, a store, a choice, or back to the caller.
; CHECK-LABEL: define void @read_only_argument(
; CHECK-NOT: alloca
; CHECK: ret void
define void @read_only_argument() safestack {
  %a = alloca [8 x i32]
  call void @look(ptr captures(none) readnone %a)
  ret void
}

; CHECK-LABEL: define void @choice(
; CHECK-NOT: alloca
; CHECK: ret void
define void @choice(i1 %c) safestack {
  %a = alloca i32
  %b = alloca i32
  %p = select i1 %c, ptr %a, ptr %b
  store volatile i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define void @stored(
; CHECK-NOT: alloca
; CHECK: ret void
define void @stored(ptr %p) safestack {
  %a = alloca i32
  store ptr %a, ptr %p
  ret void
}

; CHECK-LABEL: define void @too_long(
; CHECK-NOT: alloca
; CHECK: ret void
define void @too_long() safestack {
  %a = alloca [8 x i32]
  call void @llvm.memset.p0.i64(ptr %a, i8 0, i64 33, i1 true)
  ret void
}

; No attribute is left that would have the code generator do it again.
; CHECK-NOT: attributes #{{.*}} safestack
; CHECK: attributes #0 = { "memsentry"="sfi:w" "memsentry-done" "memsentry-stack"="safe" }

declare void @look(ptr)
!0 = !{i64 0, i64 8}
