; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What an attacker of the proof's loops, comparisons and definite values has tried: none is accepted.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; CHECK-LABEL: in function arg33 
; CHECK-SAME: MemSentry cannot prove
define void @arg33(ptr %p, i33 zeroext %x) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = zext i33 %x to i64
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function fptoui33 
; CHECK-SAME: MemSentry cannot prove
define void @fptoui33(ptr %p, double %d) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = fptoui double %d to i33
  %i = zext i33 %x to i64
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function freeze_undef_limit 
; CHECK-SAME: MemSentry cannot prove
define void @freeze_undef_limit(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %f = freeze i32 undef
  %L = zext i32 %f to i64
  %g = icmp ugt i64 %L, 0
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 0, %0 ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  call i1 @f_i1()
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function len_freeze 
; CHECK-SAME: MemSentry cannot prove
define void @len_freeze(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %n = freeze i64 undef
  %c = icmp ult i64 %n, 1000
  br i1 %c, label %a, label %b
a:
  call void @f_void()
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
b:
  call void @llvm.trap()
  unreachable
}

; CHECK-LABEL: in function len_phi_self 
; CHECK-SAME: MemSentry cannot prove
define void @len_phi_self(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %o
o:
  %n = phi i64 [ undef, %0 ], [ %n, %a ]
  %c = icmp ult i64 %n, 1000
  br i1 %c, label %a, label %b
a:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  %t = call i1 @g_i1()
  br i1 %t, label %o, label %e
e:
  ret void
b:
  call void @llvm.trap()
  unreachable
}

; CHECK-LABEL: in function load_i1 
; CHECK-SAME: MemSentry cannot prove
define void @load_i1(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %b = load i1, ptr %m
  %i = zext i1 %b to i64
  %q = getelementptr [17179869184 x i8], ptr %m, i64 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function load_i33 
; CHECK-SAME: MemSentry cannot prove
define void @load_i33(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = load i33, ptr %m
  %z = zext i33 %i to i64
  %q = getelementptr i64, ptr %m, i64 %z
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function load_i33_limit 
; CHECK-SAME: MemSentry cannot prove
define void @load_i33_limit(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = load i33, ptr %m
  %L = zext i33 %x to i64
  br label %l
l:
  %i = phi i64 [ 0, %0 ], [ %n, %l ]
  %q = getelementptr [64 x i8], ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function mustprogress_ule 
; CHECK-SAME: MemSentry cannot prove
define void @mustprogress_ule(ptr %p, i32 %L) mustprogress #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i32 [ 0, %0 ], [ %jn, %l ]
  %i = zext i32 %j to i64
  %q = getelementptr i64, ptr %m, i64 %i
  store i8 1, ptr %q
  %jn = add i32 %j, 1
  %c = icmp ule i32 %j, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function mustprogress_ule_metadata 
; CHECK-SAME: MemSentry cannot prove
define void @mustprogress_ule_metadata(ptr %p, i32 %L)  #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i32 [ 0, %0 ], [ %jn, %l ]
  %i = zext i32 %j to i64
  %q = getelementptr i64, ptr %m, i64 %i
  store i8 1, ptr %q
  %jn = add i32 %j, 1
  %c = icmp ule i32 %j, %L
  br i1 %c, label %l, label %e, !llvm.loop !1000
e:
  ret void
}

; CHECK-LABEL: in function overflow_step 
; CHECK-SAME: MemSentry cannot prove
define void @overflow_step(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i64 [ 0, %0 ], [ %jn, %l ]
  %i = phi i64 [ 0, %0 ], [ %i4, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %i1 = add i64 %i, 9223372036854775807
  %i2 = add i64 %i1, 9223372036854775807
  %i3 = add i64 %i2, 9223372036854775807
  %i4 = add i64 %i3, 9223372036854775807
  %jn = add i64 %j, 1
  %c = icmp ult i64 %j, 9223372036854775809
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function ret33 
; CHECK-SAME: MemSentry cannot prove
define void @ret33(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = call zeroext i33 @r33_i33()
  %i = zext i33 %x to i64
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function self_phi 
; CHECK-SAME: MemSentry cannot prove
define void @self_phi(i1 %c) #4 {
  br label %l
l:
  %v = phi i64 [ undef, %0 ], [ %v, %l ]
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  %c2 = call i1 @f_i1()
  br i1 %c2, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function self_phi_limit3 
; CHECK-SAME: MemSentry cannot prove
define void @self_phi_limit3(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %o
o:
  %x = phi i32 [ undef, %0 ], [ %x, %ob ]
  %L = zext i32 %x to i64
  %g = icmp ult i32 %x, 1
  br i1 %g, label %e, label %l
l:
  %i = phi i64 [ 0, %o ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %ob
ob:
  %t = call i1 @g_i1()
  br i1 %t, label %o, label %e
e:
  ret void
}

; CHECK-LABEL: in function willreturn_ule 
; CHECK-SAME: MemSentry cannot prove
define void @willreturn_ule(ptr %p, i32 %L) willreturn #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i32 [ 0, %0 ], [ %jn, %l ]
  %i = zext i32 %j to i64
  %q = getelementptr i64, ptr %m, i64 %i
  store i8 1, ptr %q
  %jn = add i32 %j, 1
  %c = icmp ule i32 %j, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function and_high_bits_cut 
; CHECK-SAME: MemSentry cannot prove
define void @and_high_bits_cut(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %g = icmp ugt i64 %L0, 8
  br i1 %g, label %pre, label %e
pre:
  %L = and i64 %L0, 2147483640
  br label %l
l:
  %i = phi i64 [ 0, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 8
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function and_holes 
; CHECK-SAME: MemSentry cannot prove
define void @and_holes(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %g = icmp ugt i64 %L0, 8
  br i1 %g, label %pre, label %e
pre:
  %L = and i64 %L0, 4294967272
  br label %l
l:
  %i = phi i64 [ 0, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 8
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function and_multiple_none 
; CHECK-SAME: MemSentry cannot prove
define void @and_multiple_none(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %g = icmp ugt i64 %L0, 6
  br i1 %g, label %pre, label %e
pre:
  %L = and i64 %L0, 4294967288
  br label %l
l:
  %i = phi i64 [ 0, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 8
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function before_and_after 
; CHECK-SAME: MemSentry cannot prove
define void @before_and_after(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i64 [ 0, %entry ], [ %jn, %la ]
  %i = phi i64 [ 0, %entry ], [ %n, %la ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i64 %j, 1
  br i1 %d, label %x, label %y
x:
  %c = icmp ne i64 %j, 100
  br i1 %c, label %la, label %e
y:
  %c2 = icmp ne i64 %jn, 100
  br i1 %c2, label %la, label %e
la:
  br label %l
e:
  ret void
}

; CHECK-LABEL: in function both_sums 
; CHECK-SAME: MemSentry cannot prove
define void @both_sums(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %n2 = add i64 %i, 2
  %c = icmp ult i64 %n, %n2
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function claim_diff_wrap 
; CHECK-SAME: MemSentry cannot prove
define void @claim_diff_wrap(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L = zext i32 %x to i64
  %L1 = add i64 %L, -1
  %g = icmp ugt i64 %L1, 2
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function claim_off_by_one 
; CHECK-SAME: MemSentry cannot prove
define void @claim_off_by_one(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L = zext i32 %x to i64
  %g = icmp uge i64 %L, 4
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 4, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function claim_signed_negative 
; CHECK-SAME: MemSentry cannot prove
define void @claim_signed_negative(ptr %p, i64 %L) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %g = icmp sgt i64 %L, -5
  br i1 %g, label %l, label %e
l:
  %j = phi i64 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i64 %j, 1
  %c = icmp slt i64 %L, %j
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function ctlz_poison 
; CHECK-SAME: MemSentry cannot prove
define void @ctlz_poison(ptr %p, i64 %x) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %z = call i64 @llvm.ctlz.i64(i64 %x, i1 true)
  %q = getelementptr i8, ptr %m, i64 %z
  store i8 1, ptr %q
  ret void
}

; CHECK-LABEL: in function down_min 
; CHECK-SAME: MemSentry cannot prove
define void @down_min(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i64 [ 9, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = sub i64 %j, -9223372036854775808
  %c = icmp sge i64 %jn, -9223372036854775808
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function down_start_past 
; CHECK-SAME: MemSentry cannot prove
define void @down_start_past(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = call i32 @h_i32()
  %S = zext i32 %x to i64
  %g = icmp uge i64 %S, 100
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ %S, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = sub i64 %i, 1
  %c = icmp ne i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function down_through_zero 
; CHECK-SAME: MemSentry cannot prove
define void @down_through_zero(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i8 [ 9, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = sub i8 %j, 2
  %c = icmp uge i8 %j, 1
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function i8_signed_wraps 
; CHECK-SAME: MemSentry cannot prove
define void @i8_signed_wraps(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i8 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i8 %j, 1
  %c = icmp sle i8 %jn, 127
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function i8_wraps 
; CHECK-SAME: MemSentry cannot prove
define void @i8_wraps(ptr %p, i64 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i8 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i8 %j, 3
  %c = icmp ult i8 %jn, 254
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function inside_not_sum 
; CHECK-SAME: MemSentry cannot prove
define void @inside_not_sum(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %x ], [ %v, %y ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  br i1 %c, label %z, label %e
z:
  br i1 %d, label %x, label %y
x:
  br label %l
y:
  %v = call i64 @g_i64()
  br label %l
e:
  ret void
}

; CHECK-LABEL: in function irreducible 
; CHECK-SAME: MemSentry cannot prove
define void @irreducible(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br i1 %d, label %l, label %b
l:
  %i = phi i64 [ 0, %entry ], [ %n, %b ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  br label %b
b:
  %k = phi i64 [ %i, %l ], [ 5, %entry ]
  %n = add i64 %k, 1
  %c = icmp ult i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function may_be_zero 
; CHECK-SAME: MemSentry cannot prove
define void @may_be_zero(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L = zext i32 %x to i64
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function multiple_start_odd 
; CHECK-SAME: MemSentry cannot prove
define void @multiple_start_odd(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %L = and i64 %L0, 4294967288
  %g = icmp ugt i64 %L, 9
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 1, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 8
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function multiple_wrong_unit 
; CHECK-SAME: MemSentry cannot prove
define void @multiple_wrong_unit(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %L = and i64 %L0, 4294967292
  %g = icmp ugt i64 %L, 9
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 8
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function no_divide 
; CHECK-SAME: MemSentry cannot prove
define void @no_divide(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %L = add i64 %L0, 3
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 3
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function one_way_untested 
; CHECK-SAME: MemSentry cannot prove
define void @one_way_untested(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %x ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  br i1 %d, label %x, label %l
x:
  %c = icmp ult i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function or_true 
; CHECK-SAME: MemSentry cannot prove
define void @or_true(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  %s = or i1 %d, %c
  br i1 %s, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function other_step_twin 
; CHECK-SAME: MemSentry cannot prove
define void @other_step_twin(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %L0 = zext i32 %x to i64
  %L = add i64 %L0, 1
  br label %l
l:
  %j = phi i64 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1024
  %jn = add i64 %j, 1
  %c = icmp ne i64 %jn, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function outer_test 
; CHECK-SAME: MemSentry cannot prove
define void @outer_test(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %o
o:
  %t = call i64 @g_i64()
  %g = icmp ult i64 %t, 50
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ 0, %o ], [ %n, %l2 ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  br label %l2
l2:
  %c = icmp ne i64 %t, 7
  br i1 %c, label %l, label %o
e:
  ret void
}

; CHECK-LABEL: in function redefined_inside 
; CHECK-SAME: MemSentry cannot prove
define void @redefined_inside(ptr %p, i32 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %ne = icmp ne i32 %x, 0
  br i1 %ne, label %l, label %e
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %Lx = call i32 @h_i32()
  %L = zext i32 %Lx to i64
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function same_targets 
; CHECK-SAME: MemSentry cannot prove
define void @same_targets(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  br i1 %c, label %l, label %l
e:
  ret void
}

; CHECK-LABEL: in function select_poison 
; CHECK-SAME: MemSentry cannot prove
define void @select_poison(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  %s = select i1 %c, i1 poison, i1 false
  br i1 %s, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function select_swapped 
; CHECK-SAME: MemSentry cannot prove
define void @select_swapped(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  %s = select i1 %d, i1 true, i1 %c
  br i1 %s, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function self_phi_limit2 
; CHECK-SAME: MemSentry cannot prove
define void @self_phi_limit2(ptr %p, i1 %d) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %o
o:
  %x = phi i64 [ undef, %0 ], [ %x, %ob ]
  %g = icmp ult i64 %x, 1
  br i1 %g, label %e, label %pre
pre:
  %big = icmp ult i64 %x, 4096
  br i1 %big, label %l, label %e
l:
  %i = phi i64 [ 0, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %x
  br i1 %c, label %l, label %ob
ob:
  %t = call i1 @g_i1()
  br i1 %t, label %o, label %e
e:
  ret void
}

; CHECK-LABEL: in function stale_claim 
; CHECK-SAME: MemSentry cannot prove
define void @stale_claim(ptr %p, i64 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %outer
outer:
  %L0 = phi i64 [ 7, %entry ], [ %L, %back ]
  %c0 = icmp ugt i64 %L0, 0
  br i1 %c0, label %pre, label %e
pre:
  %Lx = call i64 @g_i64()
  %L = and i64 %Lx, 65535
  br label %l
l:
  %i = phi i64 [ 0, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %back
back:
  br label %outer
e:
  ret void
}

; CHECK-LABEL: in function stale_test 
; CHECK-SAME: MemSentry cannot prove
define void @stale_test(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %n, %in2 ]
  %last = phi i1 [ true, %entry ], [ %c, %in2 ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  br i1 %last, label %in2, label %e
in2:
  br label %outer
e:
  ret void
}

; CHECK-LABEL: in function start_past 
; CHECK-SAME: MemSentry cannot prove
define void @start_past(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = call i32 @h_i32()
  %S = zext i32 %x to i64
  %g = icmp ule i64 %S, 100
  br i1 %g, label %l, label %e
l:
  %i = phi i64 [ %S, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function step_wraps_le 
; CHECK-SAME: MemSentry cannot prove
define void @step_wraps_le(ptr %p, i64 %x) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ule i64 %n, -1
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function sum_wraps_i8 
; CHECK-SAME: MemSentry cannot prove
define void @sum_wraps_i8(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i8 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i8 %j, 1
  %t = sub i8 %j, 1
  %c = icmp ult i8 %t, -1
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function switch_tests 
; CHECK-SAME: MemSentry cannot prove
define void @switch_tests(ptr %p, i32 %s) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  switch i64 %n, label %l [ i64 100, label %e
   i64 200, label %l ]
e:
  ret void
}

; CHECK-LABEL: in function twin_wrap 
; CHECK-SAME: MemSentry cannot prove
define void @twin_wrap(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %o
o:
  %a = phi i32 [ 0, %entry ], [ %a1, %ob ]
  %b = phi i32 [ 2, %entry ], [ %b1, %ob ]
  %g = icmp ult i32 %a, -1
  br i1 %g, label %pre, label %e
pre:
  %L = zext i32 %b to i64
  br label %l
l:
  %i = phi i64 [ 1, %pre ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %L
  br i1 %c, label %l, label %ob
ob:
  %a1 = add i32 %a, 1
  %b1 = add i32 %b, 1
  br label %o
e:
  ret void
}

; CHECK-LABEL: in function undef_limit 
; CHECK-SAME: MemSentry cannot prove
define void @undef_limit(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 1, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %z = zext i32 undef to i64
  %c = icmp ult i64 %n, %z
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function undef_step 
; CHECK-SAME: MemSentry cannot prove
define void @undef_step(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, undef
  %c = icmp ult i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function unreachable_edge 
; CHECK-SAME: MemSentry cannot prove
define void @unreachable_edge(ptr %p) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
u:
  %un = add i64 %un, 1
  br label %l
l:
  %i = phi i64 [ 0, %entry ], [ %n, %l ], [ %un, %u ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, 100
  br i1 %c, label %l, label %e
e:
  ret void
}

; CHECK-LABEL: in function width1 
; CHECK-SAME: MemSentry cannot prove
define void @width1(ptr %p, i1 %d) #4 {
entry:
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %l
l:
  %j = phi i1 [ 0, %entry ], [ %jn, %l ]
  %i = phi i64 [ 0, %entry ], [ %n, %l ]
  %q = getelementptr i8, ptr %m, i64 %i
  store i8 1, ptr %q
  %n = add i64 %i, 1
  %jn = add i1 %j, 1
  %c = icmp ule i1 %jn, 1
  br i1 %c, label %l, label %e
e:
  ret void
}

declare i1 @f_i1()
declare zeroext i33 @r33_i33()
declare i64 @llvm.ctlz.i64(i64, i1)
declare void @f_void()
declare i1 @g_i1()
declare void @llvm.trap()
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i64 @g_i64()
declare i32 @h_i32()

attributes #4 = { "memsentry"="sfi:w" "probe-stack"="inline-asm" "memsentry-proof"="warn" }

!900 = distinct !{!900, !901}
!901 = !{!"llvm.loop.mustprogress"}
!1000 = distinct !{!1000, !1001}
!1001 = !{!"llvm.loop.mustprogress"}
!1500 = distinct !{!1500, !1501}
!1501 = !{!"llvm.loop.mustprogress"}
