; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Pointers handed to library functions are checked before the call, unless that is turned off.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefixes=CHECK,RW
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-verify-external-call-args=false -S %s \
; RUN:   | %FileCheck %s --check-prefix=OFF

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; OFF-NOT: @__memsentry_check_

@global = global [100 x i8] zeroinitializer

; CHECK: @[[READ:.*]] = private unnamed_addr constant [5 x i8] c"read\00"

; CHECK-LABEL: define i64 @pointer_and_length(
; CHECK: [[P:%.*]] = freeze ptr %p
; CHECK: [[N:%.*]] = freeze i64 %n
; CHECK: [[I:%.*]] = ptrtoint ptr [[P]] to i64
; CHECK: [[A:%.*]] = and i64 [[I]], [[SPLIT]]
; CHECK: [[OUT:%.*]] = icmp eq i64 [[A]], 0
; CHECK: [[EXC:%.*]] = icmp ugt i64 [[N]], 1099511627776
; CHECK: [[BAD:%.*]] = or i1 [[OUT]], [[EXC]]
; CHECK: br i1 [[BAD]], label %[[SLOW:.*]], label %[[GO:.*]], !prof
; CHECK: [[SLOW]]:
; CHECK-NEXT: call preserve_mostcc void @__memsentry_check_range.read(ptr [[P]], i64 [[N]])
; CHECK-NEXT: br label %[[GO]]
; CHECK: [[GO]]:
; CHECK: call i64 @read(i32 0, ptr [[P]], i64 [[N]])
define i64 @pointer_and_length(ptr %p, i64 %n) {
  %r = call i64 @read(i32 0, ptr %p, i64 %n)
  ret i64 %r
}

; CHECK-LABEL: define void @known(
; CHECK-NOT: @__memsentry_check_
; CHECK: ret void
define void @known() {
  %r = call i64 @read(i32 0, ptr @global, i64 100)
  ret void
}

; CHECK-LABEL: define void @known_pointer(
; CHECK-NOT: icmp eq
; CHECK: icmp ugt i64 {{.*}}, 1099511627776
; CHECK: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.{{[a-z_]+}}(ptr @global, i64
define void @known_pointer(i64 %n) {
  %r = call i64 @read(i32 0, ptr @global, i64 %n)
  ret void
}

; Null is what it is; but not with a length that leads away from it.
; CHECK-LABEL: define void @null(
; CHECK-NOT: @__memsentry_check_
; CHECK: call i64 @time
; CHECK: icmp ugt i64 {{.*}}, 1099511627776
; CHECK: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.{{[a-z_]+}}(ptr null,
define void @null(i64 %n) {
  %t = call i64 @time(ptr null)
  %r = call i64 @read(i32 0, ptr null, i64 %n)
  ret void
}

; A result that is stored through a pointer.
; CHECK-LABEL: define void @result(
; CHECK: call preserve_mostcc void @__memsentry_check_pointer.time(ptr %{{.*}})
define void @result(ptr %p) {
  %t = call i64 @time(ptr %p)
  ret void
}

; A string function: the length is unknown. Its source matters when reads do.
; CHECK-LABEL: define void @string(
; CHECK: call preserve_mostcc void @__memsentry_check_pointer.strcpy(ptr %{{.*}})
; W-NOT: @__memsentry_check_
; RW: call preserve_mostcc void @__memsentry_check_pointer.strcpy(ptr %{{.*}})
; CHECK: call ptr @strcpy
define void @string(ptr %p, ptr %q) {
  %r = call ptr @strcpy(ptr %p, ptr %q)
  ret void
}

; A product that does not fit counts as too long.
; CHECK-LABEL: define void @product(
; CHECK: call { i64, i1 } @llvm.umul.with.overflow.i64(
; CHECK: select i1 {{.*}}, i64 -1, i64
; CHECK: icmp ugt i64 {{.*}}, 1099511627776
; CHECK: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.fread(
define void @product(ptr %p, i64 %n, i64 %m, ptr %f) {
  %r = call i64 @fread(ptr %p, i64 %n, i64 %m, ptr %f)
  ret void
}

; Several arguments of one call; invoke as well.
; CHECK-LABEL: define void @several(
; CHECK-COUNT-3: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.recvfrom(
; CHECK: invoke i64 @recvfrom
define void @several(ptr %p, i64 %n, ptr %a, ptr %l) personality ptr @personality {
  %r = invoke i64 @recvfrom(i32 0, ptr %p, i64 %n, i32 0, ptr %a, ptr %l)
          to label %normal unwind label %unwind
normal:
  ret void
unwind:
  %e = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %e
}

; A definition of the program's own is instrumented itself.
; CHECK-LABEL: define i64 @own(
; CHECK-NOT: @__memsentry_check_
; CHECK: ret i64
define i64 @own(ptr %p, i64 %n) {
  %r = call i64 @pread(i32 0, ptr %p, i64 %n, i64 0)
  ret i64 %r
}
define i64 @pread(i32 %fd, ptr %p, i64 %n, i64 %o) {
  ret i64 0
}

; Another function of the same name, by its arguments.
; CHECK-LABEL: define void @strange(
; CHECK-NOT: @__memsentry_check_
; CHECK: ret void
define void @strange(i64 %n) {
  call void @getcwd()
  call void @bzero(i64 %n, i64 %n)
  ret void
}

declare i64 @read(i32, ptr, i64)
declare i64 @time(ptr)
declare ptr @strcpy(ptr, ptr)
declare i64 @fread(ptr, i64, i64, ptr)
declare i64 @recvfrom(i32, ptr, i64, i32, ptr, ptr)
declare void @getcwd()
declare void @bzero(i64, i64)
declare i32 @personality(...)
