; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Arguments that follow a format, handles, results by reference, and calls that the runtime checks.
; RUN: %memsentry-opt -memsentry-rw=w -S %s | %FileCheck %s --check-prefixes=CHECK,W
; RUN: %memsentry-opt -memsentry-rw=rw -S %s | %FileCheck %s --check-prefixes=CHECK,RW
; RUN: %memsentry-opt -memsentry-rw=w -memsentry-verify-external-call-args=false -S %s \
; RUN:   | %FileCheck %s --check-prefix=OFF

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; OFF-NOT: call {{.*}}@__memsentry_
; OFF-NOT: @.memsentry.checked
; OFF: ret

@plain = private constant [9 x i8] c"%d %s %p\00"
@counts = private constant [6 x i8] c"%*d%n\00"
@mutable = global [3 x i8] c"%d\00"

; Initial values hold the address of the function that checks.
; CHECK: @table = global [2 x ptr] [ptr @.memsentry.checked.memset, ptr @.memsentry.checked.ioctl]
@table = global [2 x ptr] [ptr @memset, ptr @ioctl]

; CHECK-LABEL: define void @scans(
; CHECK-COUNT-2: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.__isoc99_sscanf(
; CHECK: call i32 (ptr, ptr, ...) @__isoc99_sscanf(
define void @scans(ptr %p, ptr %q) {
  %r = call i32 (ptr, ptr, ...) @__isoc99_sscanf(ptr @plain, ptr @plain, ptr %p, ptr %q)
  ret void
}

; A constant format: what is read, and what is only printed.
; CHECK-LABEL: define void @prints(
; W-NOT: @__memsentry_check_
; RW-COUNT-1: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.printf(
; RW-NOT: @__memsentry_check_
; CHECK: ret void
define void @prints(ptr %p, ptr %q) {
  %r = call i32 (ptr, ...) @printf(ptr @plain, i32 1, ptr %p, ptr %q)
  ret void
}

; CHECK-LABEL: define void @counts_characters(
; CHECK-COUNT-1: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.printf(
; CHECK: call i32 (ptr, ...) @printf(
define void @counts_characters(ptr %p) {
  %r = call i32 (ptr, ...) @printf(ptr @counts, i32 1, i32 2, ptr %p)
  ret void
}

; CHECK-LABEL: define void @prints_what_can_change(
; CHECK-COUNT-1: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.printf(
; CHECK: call i32 (ptr, ...) @printf(
define void @prints_what_can_change(ptr %p) {
  %r = call i32 (ptr, ...) @printf(ptr @mutable, ptr %p)
  ret void
}

; CHECK-LABEL: define void @prints_nothing(
; CHECK: ret void
define void @prints_nothing() {
  %r = call i32 (...) @err()
  ret void
}

; The number of a thread is an address.
; CHECK-LABEL: define void @detaches(
; CHECK: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.pthread_detach(
define void @detaches(i64 %thread) {
  %r = call i32 @pthread_detach(i64 %thread)
  ret void
}

; CHECK-LABEL: define void @gets_structure(
; CHECK: call preserve_mostcc void @__memsentry_check_range.mallinfo2(ptr %{{.*}}, i64 80)
; CHECK: call void @mallinfo2(
define void @gets_structure(ptr %p) {
  call void @mallinfo2(ptr sret([80 x i8]) %p)
  ret void
}

; CHECK-LABEL: define void @gets_structure_from_somebody(
; CHECK: call preserve_mostcc void @__memsentry_check_range.a_function_by_its_address(ptr %{{.*}}, i64 80)
define void @gets_structure_from_somebody(ptr %f, ptr %p) {
  call void %f(ptr sret([80 x i8]) %p)
  ret void
}

; The runtime checks what is behind. Arguments left out are zero.
; CHECK-LABEL: define void @nested(
; W: call i64 @__memsentry_w_readv(i32 0, ptr %v, i32 2)
; W: call i64 @writev(i32 0, ptr %v, i32 2)
; RW: call i64 @__memsentry_rw_readv(
; RW: call i64 @__memsentry_r_writev(
; W: call i32 (i32, i64, ...) @__memsentry_w_ioctl(i32 0, i64 21505, i64 0)
; W: call i64 (i64, ...) @__memsentry_w_syscall(i64 39, i64 0, i64 0, i64 0, i64 0, i64 0, i64 0)
; RW: call i32 (i32, i64, ...) @__memsentry_rw_ioctl(i32 0, i64 21505, i64 0)
define void @nested(ptr %v) {
  %a = call i64 @readv(i32 0, ptr %v, i32 2)
  %b = call i64 @writev(i32 0, ptr %v, i32 2)
  %c = call i32 (i32, i64, ...) @ioctl(i32 0, i64 21505)
  %d = call i64 (i64, ...) @syscall(i64 39)
  ret void
}

; A definition of the program's own stays what it is.
; CHECK-LABEL: define i64 @preadv(
define i64 @preadv(i32 %file, ptr %v, i32 %n, i64 %at) {
  ret i64 0
}
; CHECK-LABEL: define void @own(
; CHECK: call i64 @preadv(
define void @own(ptr %v) {
  %r = call i64 @preadv(i32 0, ptr %v, i32 1, i64 0)
  ret void
}

; An address in code; a comparison with null asks something else.
; CHECK-LABEL: define ptr @address(
; CHECK: icmp eq ptr @getrandom, null
; CHECK: ret ptr @.memsentry.checked.memset
define ptr @address() {
  %n = icmp eq ptr @getrandom, null
  br i1 %n, label %none, label %some
none:
  ret ptr null
some:
  ret ptr @memset
}

; CHECK-LABEL: define internal i32 @.memsentry.checked.ioctl(
; W: musttail call i32 (i32, i64, ...) @__memsentry_w_ioctl(
; RW: musttail call i32 (i32, i64, ...) @__memsentry_rw_ioctl(
; CHECK-LABEL: define internal ptr @.memsentry.checked.memset(
; CHECK: call preserve_mostcc void @__memsentry_check_{{range|pointer}}.memset(
; CHECK: musttail call ptr @memset(

declare i32 @__isoc99_sscanf(ptr, ptr, ...)
declare i32 @printf(ptr, ...)
declare i32 @err(...)
declare i32 @pthread_detach(i64)
declare void @mallinfo2(ptr sret([80 x i8]))
declare i64 @readv(i32, ptr, i32)
declare i64 @writev(i32, ptr, i32)
declare i32 @ioctl(i32, i64, ...)
declare i64 @syscall(i64, ...)
declare ptr @memset(ptr, i32, i64)
declare extern_weak i64 @getrandom(ptr, i64, i32)
