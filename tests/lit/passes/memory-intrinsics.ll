; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The memcpy family: both pointers, and lengths beyond the guard.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefixes=CHECK,RW

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i8] zeroinitializer

; CHECK-LABEL: define void @variable(
; CHECK: [[N:%.*]] = freeze i64 %n
; CHECK: [[X:%.*]] = icmp ugt i64 [[N]], 1099511627776
; CHECK: br i1 [[X]], label %[[TRAP:.*]], label %[[GO:.*]], !prof ![[UNLIKELY:[0-9]*]]
; CHECK: [[TRAP]]:
; CHECK-NEXT: call void @__memsentry_length_trap(ptr %p, i64 [[N]])
; CHECK-NEXT: unreachable
; CHECK: [[GO]]:
; W: call void @llvm.memmove.p0.p0.i64(ptr %masked, ptr %q, i64 [[N]], i1 false)
; RW: call void @llvm.memmove.p0.p0.i64(ptr %masked, ptr %masked{{[0-9]+}}, i64 [[N]], i1 false)
define void @variable(ptr %p, ptr %q, i64 %n) {
  call void @llvm.memmove.p0.p0.i64(ptr %p, ptr %q, i64 %n, i1 false)
  ret void
}

; The destination is known, the length is not.
; CHECK-LABEL: define void @into_global(
; CHECK-NOT: or i64
; CHECK: icmp ugt i64 {{.*}}, 1099511627776
; CHECK: call void @__memsentry_length_trap(ptr @global,
; CHECK: call void @llvm.memset.p0.i64(ptr @global,
define void @into_global(i64 %n) {
  call void @llvm.memset.p0.i64(ptr @global, i8 0, i64 %n, i1 false)
  ret void
}

; 32 bits of length cannot exceed it.
; CHECK-LABEL: define void @bounded(
; CHECK-NOT: icmp
; CHECK: call void @llvm.memcpy{{.*}}(ptr %masked,
; CHECK: ret void
define void @bounded(ptr %p, i32 %n) {
  %x = zext i32 %n to i64
  call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr @global, i64 %x, i1 false)
  ret void
}

; A constant length goes with the displacement: together they stay within the guard, or not.
; CHECK-LABEL: define void @constant_within(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %masked, i64 1099511627676
; CHECK: call void @llvm.memset.p0.i64(ptr [[G]],
define void @constant_within(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1099511627676
  call void @llvm.memset.p0.i64(ptr %q, i8 0, i64 100, i1 false)
  ret void
}

; CHECK-LABEL: define void @constant_beyond(
; CHECK: [[G:%.*]] = getelementptr i8, ptr %p, i64 1099511627677
; CHECK: freeze ptr [[G]]
; CHECK: call void @llvm.memset.p0.i64(ptr %masked,
define void @constant_beyond(ptr %p) {
  %q = getelementptr i8, ptr %p, i64 1099511627677
  call void @llvm.memset.p0.i64(ptr %q, i8 0, i64 100, i1 false)
  ret void
}

; CHECK-LABEL: define void @constant_too_long(
; CHECK: call void @__memsentry_length_trap(ptr %p, i64 1099511627777)
define void @constant_too_long(ptr %p) {
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 1099511627777, i1 false)
  ret void
}

; The other forms.
; CHECK-LABEL: define void @forms(
; CHECK: call void @llvm.memset.inline.p0.i64(ptr %masked,
; CHECK: call void @llvm.memcpy.inline.p0.p0.i64(ptr %masked,
; CHECK: icmp ugt i64
; CHECK: call void @llvm.memcpy.element.unordered.atomic.p0.p0.i64(ptr align 4 %masked,
define void @forms(ptr %p, ptr %q, i64 %n) {
  call void @llvm.memset.inline.p0.i64(ptr %p, i8 0, i64 64, i1 false)
  call void @llvm.memcpy.inline.p0.p0.i64(ptr %p, ptr %q, i64 64, i1 false)
  call void @llvm.memcpy.element.unordered.atomic.p0.p0.i64(ptr align 4 %p, ptr align 4 %q, i64 %n, i32 4)
  ret void
}

; The trap keeps the place in the source.
; CHECK-LABEL: define void @located(
; CHECK: call void @__memsentry_length_trap({{.*}}), !dbg ![[PLACE:[0-9]*]]
; CHECK: call void @llvm.memset{{.*}}, !dbg ![[PLACE]]
define void @located(ptr %p, i64 %n) !dbg !3 {
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false), !dbg !6
  ret void
}

; CHECK: declare void @__memsentry_length_trap(ptr, i64) #[[#ATTRS:]]
; CHECK: attributes #[[#ATTRS]] = { cold noreturn nounwind }
; CHECK: ![[UNLIKELY]] = !{!"branch_weights", i32 1, i32 1048575}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = distinct !DISubprogram(name: "located", file: !1, line: 1, type: !4, unit: !0, spFlags: DISPFlagDefinition)
!4 = !DISubroutineType(types: !5)
!5 = !{null}
!6 = !DILocation(line: 2, column: 3, scope: !3)
