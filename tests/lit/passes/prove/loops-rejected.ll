; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Loop counters that are not bounded: each has one fault.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Nothing is tested.
; CHECK-LABEL: in function endless void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @endless(ptr %p, i1 %c) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  br i1 %c, label %loop, label %done
done:
  ret void
}

; The limit is any number.
; CHECK-LABEL: in function any_limit void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @any_limit(ptr %p, i64 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, %x
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It may start beyond the limit, and goes around the world.
; CHECK-LABEL: in function may_be_none void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @may_be_none(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %w = zext i32 %x to i64
  %c = icmp ne i64 %n, %w
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It steps over the limit.
; CHECK-LABEL: in function steps_over void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @steps_over(ptr %p) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 3
  %c = icmp ne i64 %n, 97
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It steps over the limit that is any number.
; CHECK-LABEL: in function steps_over_any void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @steps_over_any(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %w = zext i32 %x to i64
  %g = icmp ugt i64 %w, 8
  br i1 %g, label %loop, label %done
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 4
  %c = icmp ne i64 %n, %w
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It goes down by unsigned numbers, and past zero.
; CHECK-LABEL: in function past_zero void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @past_zero(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 100, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, -3
  %c = icmp ne i64 %n, 0
  br i1 %c, label %loop, label %done
done:
  ret void
}

; One way around is not tested.
; CHECK-LABEL: in function other_way void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @other_way(ptr %p, i1 %y) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %test ], [ %n, %body ]
  br label %body
body:
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  br i1 %y, label %loop, label %test
test:
  %c = icmp ult i64 %n, 96
  br i1 %c, label %loop, label %done
done:
  ret void
}

; The limit is another one each time.
; CHECK-LABEL: in function moving_limit void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @moving_limit(ptr %p, ptr %at) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %x = load volatile i8, ptr %at
  %y = or i8 %x, 1
  %w = zext i8 %y to i64
  %c = icmp ne i64 %n, %w
  br i1 %c, label %loop, label %done
done:
  ret void
}

; What was compared is the limit of the time before.
; CHECK-LABEL: in function stale_guard void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @stale_guard(ptr %p, ptr %at) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %outer
outer:
  %old = phi i32 [ 1, %0 ], [ %x, %back ]
  %g = icmp eq i32 %old, 0
  br i1 %g, label %done, label %enter
enter:
  %x = load volatile i32, ptr %at
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %enter ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp ne i64 %n, %w
  br i1 %c, label %loop, label %back
back:
  %h = icmp eq i32 %x, 0
  br i1 %h, label %done, label %outer
done:
  ret void
}

; There is another way in.
; CHECK-LABEL: in function second_entry void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @second_entry(ptr %p, i1 %y, i64 %z) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br i1 %y, label %loop, label %middle
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %middle ]
  br label %middle
middle:
  %v = phi i64 [ %z, %0 ], [ %i, %loop ]
  %a = getelementptr i32, ptr %m, i64 %v
  store i32 1, ptr %a
  %n = add i64 %v, 1
  %c = icmp ult i64 %n, 96
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It is set to anything inside.
; CHECK-LABEL: in function set_inside void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @set_inside(ptr %p, i1 %y, i64 %z) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %test ], [ %z, %body ]
  br label %body
body:
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  br i1 %y, label %loop, label %test
test:
  %c = icmp ult i64 %n, 96
  br i1 %c, label %loop, label %done
done:
  ret void
}

; What is compared is undefined: each use may see another number.
; CHECK-LABEL: in function undefined_limit void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_limit(ptr %p) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp ult i64 %n, undef
  br i1 %c, label %loop, label %done
done:
  ret void
}

attributes #0 = { "memsentry"="sfi:w" "probe-stack"="inline-asm" "memsentry-proof"="warn" }
