; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What the proof accepts.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | count 0

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i64] zeroinitializer
@local = thread_local global i32 0
@alias = alias i32, ptr getelementptr (i8, ptr @global, i64 4)

; A mask.
define void @masked(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  store i32 1, ptr %m
  ret void
}

; A mask that stays where it is.
define void @assembly(ptr %p) #4 {
  %m = call ptr asm sideeffect "btsq $$46, $0", "=r,0,~{flags}"(ptr %p)
  store i32 1, ptr %m
  ret void
}

; Bounded indices behind a mask.
define void @gep_chain(ptr %p, i32 %i, i8 %j) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = sext i32 %i to i64
  %a = getelementptr [8 x i32], ptr %m, i64 %x, i64 7
  %y = zext i8 %j to i64
  %b = getelementptr i8, ptr %a, i64 %y
  store i32 1, ptr %b
  ret void
}

; The last bytes of the guard, above.
define void @up_to_the_guard(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %b = getelementptr i8, ptr %m, i64 1099511627772
  store i32 1, ptr %b
  ret void
}

; And below.
define void @down_to_the_guard(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %b = getelementptr i8, ptr %m, i64 -1099511627776
  store i32 1, ptr %b
  ret void
}

; Masked on every way, or moved within bounds that do not add up.
define void @rotates(ptr %p, i1 %c) #4 {
  %s.f = freeze ptr %p
  %s.i = ptrtoint ptr %s.f to i64
  %s.o = or i64 %s.i, 70368744177664
  %s = inttoptr i64 %s.o to ptr
  br label %loop
loop:
  %q = phi ptr [ %s, %0 ], [ %t, %loop ]
  store i32 1, ptr %q
  %n = load ptr, ptr %q
  %t.f = freeze ptr %n
  %t.i = ptrtoint ptr %t.f to i64
  %t.o = or i64 %t.i, 70368744177664
  %t = inttoptr i64 %t.o to ptr
  br i1 %c, label %loop, label %end
end:
  ret void
}

; An index that is cut in every round.
define void @counts(ptr %p, i1 %c) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %k, %loop ]
  %q = getelementptr i32, ptr %m, i64 %i
  store i32 1, ptr %q
  %j = add i64 %i, 1
  %k = and i64 %j, 1023
  br i1 %c, label %loop, label %end
end:
  ret void
}

; Rounded down.
define void @aligned(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %a = and i64 %i, -64
  %q = inttoptr i64 %a to ptr
  store i32 1, ptr %q
  ret void
}

; One of several masked pointers.
define void @either(ptr %p, ptr %r, i1 %c) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %n.f = freeze ptr %r
  %n.i = ptrtoint ptr %n.f to i64
  %n.o = or i64 %n.i, 70368744177664
  %n = inttoptr i64 %n.o to ptr
  %q = select i1 %c, ptr %m, ptr %n
  store i32 1, ptr %q
  ret void
}

; Globals, aliases, null and constants with the bit.
define void @images(i32 %i) #4 {
  store i32 1, ptr @global
  store i32 1, ptr @alias
  store i32 1, ptr null
  store i32 1, ptr inttoptr (i64 70368744177668 to ptr)
  store i32 1, ptr getelementptr (i8, ptr @global, i64 400)
  ret void
}

; The native stack is ordinary memory without a defense.
define void @on_the_stack(i32 %i) #4 {
  %a = alloca [16 x i32]
  %x = sext i32 %i to i64
  %q = getelementptr i32, ptr %a, i64 %x
  store i32 1, ptr %q
  ret void
}

; Within an object.
define void @on_the_safe_stack(i8 %i) #1 {
  %a = alloca [16 x i32]
  %x = zext i8 %i to i64
  %y = and i64 %x, 15
  %q = getelementptr i32, ptr %a, i64 %y
  store i32 1, ptr %q
  ret void
}

; A copy that the caller has made.
define void @by_value(ptr byval([4 x i32]) %a) #1 {
  %q = getelementptr i8, ptr %a, i64 12
  store i32 1, ptr %q
  ret void
}

; Of the thread control block.
define void @slots() #4 {
  %v = load ptr, ptr addrspace(257) inttoptr (i64 40 to ptr addrspace(257))
  store ptr %v, ptr addrspace(256) inttoptr (i64 -8 to ptr addrspace(256))
  ret void
}

; The unsafe stack pointer, behind fs.
define void @unsafe_stack_pointer() #4 {
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
  %v = load ptr, ptr addrspace(257) %s
  store ptr %v, ptr addrspace(257) %s
  ret void
}

; A vector of masked pointers, and one that is built of them.
define void @lanes(<2 x ptr> %v, ptr %p, ptr %r) #4 {
  %f = freeze <2 x ptr> %v
  %i = ptrtoint <2 x ptr> %f to <2 x i64>
  %o = or <2 x i64> %i, splat (i64 70368744177664)
  %w = inttoptr <2 x i64> %o to <2 x ptr>
  call void @llvm.masked.scatter.v2i32.v2p0(<2 x i32> zeroinitializer, <2 x ptr> %w, i32 4, <2 x i1> splat (i1 true))
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %n.f = freeze ptr %r
  %n.i = ptrtoint ptr %n.f to i64
  %n.o = or i64 %n.i, 70368744177664
  %n = inttoptr i64 %n.o to ptr
  %a = insertelement <2 x ptr> poison, ptr %m, i64 0
  %b = insertelement <2 x ptr> %a, ptr %n, i64 1
  call void @llvm.masked.scatter.v2i32.v2p0(<2 x i32> zeroinitializer, <2 x ptr> %b, i32 4, <2 x i1> splat (i1 true))
  %c = shufflevector <2 x ptr> %b, <2 x ptr> %w, <2 x i32> <i32 3, i32 0>
  call void @llvm.masked.scatter.v2i32.v2p0(<2 x i32> zeroinitializer, <2 x ptr> %c, i32 4, <2 x i1> splat (i1 true))
  ret void
}

; A length that has been compared.
define void @length_ugt(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ugt i64 %n, 1099511627776
  br i1 %c, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; A length that has been compared.
define void @length_uge(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp uge i64 %n, 1099511627777
  br i1 %c, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; A length that has been compared.
define void @length_ult(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ult i64 %n, 1099511627777
  br i1 %c, label %ok, label %bad
bad:
  call void @llvm.trap()
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; A length that has been compared.
define void @length_ule(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ule i64 %n, 1099511627776
  br i1 %c, label %ok, label %bad
bad:
  call void @llvm.trap()
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; Pointer and length have been checked.
define void @argument(ptr %p, i64 %n) #4 {
  %i = ptrtoint ptr %p to i64
  %b = and i64 %i, 70368744177664
  %z = icmp eq i64 %b, 0
  %l = icmp ugt i64 %n, 1099511627776
  %c = or i1 %z, %l
  br i1 %c, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 %n)
  ret void
}

; GVN has spread the check over two ways.
define void @argument_by_phi(ptr %p, i1 %c) #4 {
  br i1 %c, label %a, label %b
a:
  %i = ptrtoint ptr %p to i64
  %x = and i64 %i, 70368744177664
  br label %both
b:
  %j = ptrtoint ptr %p to i64
  %y = and i64 %j, 70368744177664
  br label %both
both:
  %v = phi i64 [ %x, %a ], [ %y, %b ]
  %z = icmp eq i64 %v, 0
  br i1 %z, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

; GVN has put null where it knows it; there, the bit is not found.
define void @argument_or_null(ptr %at) #4 {
  %p = load ptr, ptr %at
  %c = icmp eq ptr %p, null
  br i1 %c, label %a, label %b
a:
  br label %both
b:
  %j = ptrtoint ptr %p to i64
  br label %both
both:
  %v = phi i64 [ 0, %a ], [ %j, %b ]
  %x = and i64 %v, 70368744177664
  %z = icmp eq i64 %x, 0
  br i1 %z, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

; Or the bit of null.
define void @argument_or_bit_of_null(ptr %at) #4 {
  %p = load ptr, ptr %at
  %c = icmp eq ptr %p, null
  br i1 %c, label %a, label %b
a:
  %i = ptrtoint ptr null to i64
  %x = and i64 %i, 70368744177664
  br label %both
b:
  %j = ptrtoint ptr %p to i64
  %y = and i64 %j, 70368744177664
  br label %both
both:
  %v = phi i64 [ %x, %a ], [ %y, %b ]
  %z = icmp eq i64 %v, 0
  br i1 %z, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

; Phis of phis, more than a few.
define void @argument_by_phis(ptr %p, ptr %q, i1 %c) #4 {
  %i = ptrtoint ptr %p to i64
  %j = ptrtoint ptr %q to i64
  br i1 %c, label %a, label %b
a:
  %pa = phi ptr [ %p, %0 ]
  %va = phi i64 [ %i, %0 ]
  br label %b
b:
  %pb = phi ptr [ %q, %0 ], [ %pa, %a ]
  %vb = phi i64 [ %j, %0 ], [ %va, %a ]
  br i1 %c, label %d, label %e
d:
  br label %e
e:
  %pe = phi ptr [ %q, %d ], [ %pb, %b ]
  %ve = phi i64 [ %j, %d ], [ %vb, %b ]
  br i1 %c, label %f, label %g
f:
  br label %g
g:
  %pg = phi ptr [ %q, %f ], [ %pe, %e ]
  %vg = phi i64 [ %j, %f ], [ %ve, %e ]
  br i1 %c, label %h, label %k
h:
  br label %k
k:
  %pk = phi ptr [ %q, %h ], [ %pg, %g ]
  %vk = phi i64 [ %j, %h ], [ %vg, %g ]
  br i1 %c, label %l, label %m
l:
  br label %m
m:
  %pm = phi ptr [ %q, %l ], [ %pk, %k ]
  %vm = phi i64 [ %j, %l ], [ %vk, %k ]
  %x = and i64 %vm, 70368744177664
  %z = icmp eq i64 %x, 0
  br i1 %z, label %bad, label %ok
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %pm, i64 8)
  ret void
}

; A length that is not negative, before it is extended.
define void @extended_length(ptr %p, i32 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %wide = sext i32 %n to i64
  %c = icmp slt i32 %n, 0
  br i1 %c, label %no, label %yes
yes:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %wide, i1 false)
  ret void
no:
  ret void
}

; A length that equals a narrower number, as it is used.
define void @equal_length(ptr %p, ptr %at, i32 %x) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %n = load i64, ptr %at
  %f = freeze i64 %n
  %wide = zext i32 %x to i64
  %c = icmp eq i64 %n, %wide
  br i1 %c, label %yes, label %no
yes:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %f, i1 false)
  ret void
no:
  ret void
}

; A splat, whose vector has no other elements.
define void @splat(ptr %p, i64 %n) #4 {
  %v = insertelement <2 x i64> poison, i64 %n, i64 0
  %w = shufflevector <2 x i64> %v, <2 x i64> poison, <2 x i32> zeroinitializer
  %s = call i64 @llvm.vector.reduce.add.v2i64(<2 x i64> %w)
  %i = ptrtoint ptr %p to i64
  %a = add i64 %i, %s
  %o = or i64 %a, 70368744177664
  %q = inttoptr i64 %o to ptr
  store i32 1, ptr %q
  ret void
}

; The start of a vector that is built element by element, where one was left open.
define void @filled_vector(ptr %p, i64 %n) #4 {
  %v = insertelement <2 x i64> <i64 poison, i64 0>, i64 %n, i64 0
  %s = call i64 @llvm.vector.reduce.add.v2i64(<2 x i64> %v)
  %i = ptrtoint ptr %p to i64
  %a = add i64 %i, %s
  %o = or i64 %a, 70368744177664
  %q = inttoptr i64 %o to ptr
  store i32 1, ptr %q
  ret void
}

; A mask that is made anew.
define void @behind_setjmp(ptr %p) #3 {
  call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
  %r = call i32 @setjmp(ptr @global)
  %m = call ptr asm sideeffect "btsq $$46, $0", "=r,0,~{flags}"(ptr %p)
  store i32 1, ptr %m
  ret void
}

; By its metadata.
define void @marked(ptr %p) #4 {
  store i32 1, ptr %p, !memsentry.saferegion !0
  ret void
}

declare i64 @read(i32, ptr, i64)
declare i64 @readv(i32, ptr, i32)
declare ptr @memset(ptr, i32, i64)
declare i32 @setjmp(ptr) returns_twice
declare void @takes(ptr byval([4 x i32]))

attributes #4 = { "memsentry"="sfi:w" "probe-stack"="inline-asm" }
attributes #3 = { "memsentry"="sfi:w" "memsentry-unchecked-arguments" }
attributes #2 = { "memsentry"="sfi:rw" }
attributes #0 = { "memsentry"="sfi:w" }
attributes #1 = { "memsentry"="sfi:w" "memsentry-stack"="safe" }

!0 = !{}
!1 = !{i64 0, i64 8}
