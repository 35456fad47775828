; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Loop counters that the proof knows to be bounded.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | count 0

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; It meets a constant.
define void @constant(ptr %p) #0 {
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
  %c = icmp ne i64 %n, 96
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It is below a number of 32 bits.
define void @below(ptr %p, i32 %x) #0 {
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
  %c = icmp ult i64 %n, %w
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It meets a number that is not zero to begin with.
define void @guarded(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %g = icmp sgt i32 %x, 0
  br i1 %g, label %enter, label %done
enter:
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %enter ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp eq i64 %n, %w
  br i1 %c, label %done, label %loop
done:
  ret void
}

; By another counter, four at a time: as LLVM unrolls loops.
define void @unrolled(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %g = icmp sgt i32 %x, 0
  br i1 %g, label %enter, label %done
enter:
  %w = zext i32 %x to i64
  %less = add i64 %w, -1
  %few = icmp ult i64 %less, 3
  br i1 %few, label %done, label %many
many:
  %unroll = and i64 %w, 4294967292
  br label %loop
loop:
  %i = phi i64 [ 0, %many ], [ %n, %loop ]
  %k = phi i64 [ 0, %many ], [ %kn, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 4
  %kn = add i64 %k, 4
  %c = icmp eq i64 %kn, %unroll
  br i1 %c, label %done, label %loop
done:
  ret void
}

; Downwards.
define void @down(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ %w, %0 ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, -1
  %c = icmp sgt i64 %n, 3
  br i1 %c, label %loop, label %done
done:
  ret void
}

; Tested before its body.
define void @tested_first(ptr %p, i32 %x) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %w = zext i32 %x to i64
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %n, %body ]
  %c = icmp ult i64 %i, %w
  br i1 %c, label %body, label %done
body:
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  br label %loop
done:
  ret void
}

; Two things are tested, one of them the counter.
define void @two_tests(ptr %p, i32 %x, i1 %y) #0 {
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
  %t = icmp ult i64 %n, %w
  %c = select i1 %y, i1 %t, i1 false
  br i1 %c, label %loop, label %done
done:
  ret void
}

; It starts one after an outer counter, which is not the last there.
define void @nested(ptr %p) #0 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %outer
outer:
  %k = phi i64 [ 0, %0 ], [ %k1, %next ]
  %j = phi i64 [ 1, %0 ], [ %j1, %next ]
  %last = icmp ult i64 %k, 95
  br i1 %last, label %loop, label %next
loop:
  %i = phi i64 [ %j, %outer ], [ %n, %loop ]
  %a = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %a
  %n = add i64 %i, 1
  %c = icmp eq i64 %n, 96
  br i1 %c, label %next, label %loop
next:
  %k1 = add i64 %k, 1
  %j1 = add i64 %j, 1
  %o = icmp eq i64 %k1, 96
  br i1 %o, label %done, label %outer
done:
  ret void
}

attributes #0 = { "memsentry"="sfi:w" "probe-stack"="inline-asm" }
