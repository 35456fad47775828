; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What the proof does not accept: each function has one fault.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@global = global [100 x i64] zeroinitializer
@local = thread_local global i32 0
@alias = alias i32, ptr getelementptr (i8, ptr @global, i64 4)

; A pointer from memory.
; CHECK-LABEL: in function loaded void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions: %q = load ptr, ptr @global
define void @loaded() #4 {
  %q = load ptr, ptr @global
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function wrong_bit void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @wrong_bit(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 35184372088832
  %m = inttoptr i64 %m.o to ptr
  store i32 1, ptr %m
  ret void
}

; What a mask of many bits leaves of an address that may be anything is not the mask itself.
; CHECK-LABEL: in function cut_far_away void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @cut_far_away(i64 %n) #4 {
  %a = getelementptr i8, ptr @global, i64 %n
  %i = ptrtoint ptr %a to i64
  %o = and i64 %i, 140737488355327
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function cut_object void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @cut_object(i64 %n) #1 {
  %x = alloca i64
  %a = getelementptr i8, ptr %x, i64 %n
  %i = ptrtoint ptr %a to i64
  %o = and i64 %i, 140737488355327
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; `or undef, bit` may become anything.
; CHECK-LABEL: in function undefined void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined() #4 {
  %o = or i64 undef, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_in_aggregate void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_in_aggregate(ptr %p) #4 {
  %a = insertvalue { i64, i64 } poison, i64 1, 0
  %v = extractvalue { i64, i64 } %a, 1
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_in_cast void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_in_cast() #4 {
  %v = bitcast <2 x i32> poison to i64
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_wide void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_wide() #4 {
  %v = trunc i128 poison to i64
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_by_intrinsic void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_by_intrinsic() #4 {
  %v = call i64 @llvm.umax.i64(i64 poison, i64 1)
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_by_shift void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_by_shift(i64 %x) #4 {
  %v = shl i64 %x, 64
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function undefined_on_all_ways void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @undefined_on_all_ways(i1 %c) #4 {
  br i1 %c, label %a, label %b
a:
  br label %b
b:
  %v = phi i64 [ undef, %0 ], [ undef, %a ]
  %o = or i64 %v, 70368744177664
  %m = inttoptr i64 %o to ptr
  store i32 1, ptr %m
  ret void
}

; The code generator may add.
; CHECK-LABEL: in function disjoint void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @disjoint(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or disjoint i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  store i32 1, ptr %m
  ret void
}

; Found through memory.
; CHECK-LABEL: in function thread_local void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @thread_local() #4 {
  store i32 1, ptr @local
  ret void
}

; CHECK-LABEL: in function unbounded void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions: %q = getelementptr i8, ptr %m, i64 %i
define void @unbounded(ptr %p, i64 %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %q = getelementptr i8, ptr %m, i64 %i
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function too_high void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @too_high(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %q = getelementptr i8, ptr %m, i64 1099511627773
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function too_low void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @too_low(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %q = getelementptr i8, ptr %m, i64 -1099511627777
  store i32 1, ptr %q
  ret void
}

; A cycle that adds up.
; CHECK-LABEL: in function walks void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @walks(ptr %p, i1 %c) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %q = phi ptr [ %m, %0 ], [ %n, %loop ]
  store i32 1, ptr %q
  %n = getelementptr i8, ptr %q, i64 8
  br i1 %c, label %loop, label %end
end:
  ret void
}

; The same through a vector: its first insertion alone says nothing.
; CHECK-LABEL: in function walks_through_lanes void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @walks_through_lanes(ptr %p, i1 %c) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %q = phi ptr [ %m, %0 ], [ %n, %loop ]
  store i32 1, ptr %q
  %a = insertelement <2 x ptr> poison, ptr %q, i64 0
  %b = insertelement <2 x ptr> %a, ptr %q, i64 1
  %e = extractelement <2 x ptr> %b, i64 1
  %n = getelementptr i8, ptr %e, i64 8
  br i1 %c, label %loop, label %end
end:
  ret void
}

; CHECK-LABEL: in function range_metadata void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @range_metadata(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = load i64, ptr @global, !range !1
  %q = getelementptr i8, ptr %m, i64 %i
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function range_attribute void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @range_attribute(ptr %p, i64 range(i64 0, 8) %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function no_wrap void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @no_wrap(ptr %p, i64 %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %t = trunc nuw i64 %i to i32
  %x = zext i32 %t to i64
  %q = getelementptr i8, ptr %m, i64 %x
  store i32 1, ptr %q
  ret void
}

; No flag, and no bound either.
; CHECK-LABEL: in function wraps void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @wraps(ptr %p, i64 %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %x = lshr i64 %i, 30
  %y = mul i64 %x, 65536
  %q = getelementptr i8, ptr %m, i64 %y
  store i32 1, ptr %q
  ret void
}

; Of zero, the processor leaves what the register held.
; CHECK-LABEL: in function counts_no_zero void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @counts_no_zero(ptr %p, i64 %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = call i64 @llvm.ctlz.i64(i64 %i, i1 true)
  %q = getelementptr i8, ptr %m, i64 %c
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function assumed void
; CHECK-SAME: MemSentry cannot prove that the code generator is told nothing that an attacker can make untrue
define void @assumed(ptr %p, i64 %i) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ult i64 %i, 8
  call void @llvm.assume(i1 %c)
  %q = getelementptr i8, ptr %m, i64 %i
  store i32 1, ptr %q
  ret void
}

; The stack pointer goes where memory says.
; CHECK-LABEL: in function dynamic void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @dynamic(i64 %n) #0 {
  %q = alloca i8, i64 %n
  store i32 1, ptr %q
  ret void
}

; As far as the regions.
; CHECK-LABEL: in function huge_frame void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @huge_frame() #0 {
  %q = alloca [70368744177664 x i8]
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function huge_frame_together void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @huge_frame_together() #0 {
  %o = alloca [1099511627776 x i8]
  %q = alloca [8 x i8]
  store i32 1, ptr %q
  ret void
}

; By one byte.
; CHECK-LABEL: in function past_object void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @past_object() #1 {
  %a = alloca [16 x i32]
  %q = getelementptr i8, ptr %a, i64 61
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function before_object void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @before_object() #1 {
  %a = alloca [16 x i32]
  %q = getelementptr i8, ptr %a, i64 -1
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function past_by_value void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @past_by_value(ptr byval([4 x i32]) %a) #1 {
  %q = getelementptr i8, ptr %a, i64 13
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function slot_of_a_variable void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_of_a_variable(i64 %i) #4 {
  %q = inttoptr i64 %i to ptr addrspace(257)
  store i32 1, ptr addrspace(257) %q
  ret void
}

; CHECK-LABEL: in function slot_far_away void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_far_away() #4 {
  store i32 1, ptr addrspace(257) inttoptr (i64 70368744177664 to ptr addrspace(257))
  ret void
}

; Only the unsafe stack pointer has its place behind fs in a table.
; CHECK-LABEL: in function slot_of_another_name void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_of_another_name() #4 {
  %s = call ptr addrspace(257) asm "movq elsewhere@GOTTPOFF(%rip), $0", "=r"()
  store ptr null, ptr addrspace(257) %s
  ret void
}

; A register that the assembly leaves alone.
; CHECK-LABEL: in function slot_of_another_register void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_of_another_register() #4 {
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=&{rax}"()
  store ptr null, ptr addrspace(257) %s
  ret void
}

; With an operand, $0 is no result.
; CHECK-LABEL: in function slot_of_input void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_of_input(i64 %i) #4 {
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r,r"(i64 %i)
  store ptr null, ptr addrspace(257) %s
  ret void
}

; More than the variable.
; CHECK-LABEL: in function beyond_the_slot void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @beyond_the_slot() #4 {
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
  store i128 0, ptr addrspace(257) %s
  ret void
}

; At a distance from it.
; CHECK-LABEL: in function behind_the_slot void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @behind_the_slot(i64 %i) #4 {
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
  %q = getelementptr i8, ptr addrspace(257) %s, i64 %i
  store ptr null, ptr addrspace(257) %q
  ret void
}

; Of another segment.
; CHECK-LABEL: in function slot_behind_gs void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_behind_gs() #4 {
  %s = call ptr addrspace(256) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
  store ptr null, ptr addrspace(256) %s
  ret void
}

; Where it lies comes back from the jmp_buf.
; CHECK-LABEL: in function slot_after_setjmp void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @slot_after_setjmp() #3 {
  call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
  %s = call ptr addrspace(257) asm "movq __safestack_unsafe_stack_ptr@GOTTPOFF(%rip), $0", "=r"()
  %r = call i32 @setjmp(ptr @global)
  store ptr null, ptr addrspace(257) %s
  ret void
}

; The mask comes back from the jmp_buf.
; CHECK-LABEL: in function before_setjmp void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @before_setjmp(ptr %p) #3 {
  call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
  %m = call ptr asm sideeffect "btsq $$46, $0", "=r,0,~{flags}"(ptr %p)
  %r = call i32 @setjmp(ptr @global)
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function lane_before_setjmp void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @lane_before_setjmp(<2 x ptr> %v, ptr %p) #3 {
  call void asm sideeffect "", "~{rbx},~{r12},~{r13},~{r14},~{r15}"()
  %f = freeze <2 x ptr> %v
  %i = ptrtoint <2 x ptr> %f to <2 x i64>
  %o = or <2 x i64> %i, splat (i64 70368744177664)
  %w = inttoptr <2 x i64> %o to <2 x ptr>
  %r = call i32 @setjmp(ptr @global)
  %m = call ptr asm sideeffect "btsq $$46, $0", "=r,0,~{flags}"(ptr %p)
  %b = insertelement <2 x ptr> %w, ptr %m, i64 0
  call void @llvm.masked.scatter.v2i32.v2p0(<2 x i32> zeroinitializer, <2 x ptr> %b, i32 4, <2 x i1> splat (i1 true))
  ret void
}

; CHECK-LABEL: in function no_clobbers void
; CHECK-SAME: MemSentry cannot prove that the registers of the function's caller outlive this call
define void @no_clobbers(ptr %p) #3 {
  %r = call i32 @setjmp(ptr @global)
  %m = call ptr asm sideeffect "btsq $$46, $0", "=r,0,~{flags}"(ptr %p)
  store i32 1, ptr %m
  ret void
}

; CHECK-LABEL: in function length void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard: i64 %n
define void @length(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: in function another_length void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @another_length(ptr %p, i64 %n, i64 %k) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ugt i64 %k, 4096
  br i1 %c, label %bad, label %ok
bad:
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: in function length_too_long void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @length_too_long(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp ugt i64 %n, 1099511627777
  br i1 %c, label %bad, label %ok
bad:
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: in function length_signed void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @length_signed(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %c = icmp sgt i64 %n, 4096
  br i1 %c, label %bad, label %ok
bad:
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: in function length_on_one_way void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @length_on_one_way(ptr %p, i64 %n, i1 %d) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br i1 %d, label %check, label %ok
check:
  %c = icmp ugt i64 %n, 4096
  br i1 %c, label %bad, label %ok
bad:
  unreachable
ok:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
}

; CHECK-LABEL: in function length_of_the_round_before void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @length_of_the_round_before(ptr %p, i1 %d) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  br label %loop
loop:
  %k = phi i64 [ 0, %0 ], [ %n, %next ]
  %c = icmp ugt i64 %k, 4096
  br i1 %c, label %bad, label %ok
bad:
  unreachable
ok:
  %n = load i64, ptr @global
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  br i1 %d, label %next, label %end
next:
  br label %loop
end:
  ret void
}

; Nothing is known of it.
; CHECK-LABEL: in function intrinsic void
; CHECK-SAME: MemSentry cannot prove that this access stays out of the safe regions
define void @intrinsic(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  call void @llvm.x86.clzero(ptr %p)
  ret void
}

; CHECK-LABEL: in function address void
; CHECK-SAME: MemSentry cannot prove that whoever calls this function by its address checks the arguments
define void @address() #4 {
  store ptr @memset, ptr @global
  ret void
}

; CHECK-LABEL: in function nested void
; CHECK-SAME: MemSentry cannot prove that what this call's arguments point to has been checked
define void @nested(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %r = call i64 @readv(i32 0, ptr %m, i32 1)
  ret void
}

; CHECK-LABEL: in function argument void
; CHECK-SAME: MemSentry cannot prove that this argument has been checked: ptr %p
define void @argument(ptr %p) #4 {
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

; CHECK-LABEL: in function argument_length void
; CHECK-SAME: MemSentry cannot prove that the length of this argument has been checked
define void @argument_length(i64 %n) #4 {
  %r = call i64 @read(i32 0, ptr @global, i64 %n)
  ret void
}

; The split bit is lost again.
; CHECK-LABEL: in function clears void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @clears(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %a = and i64 %i, 35184372088831
  %q = inttoptr i64 %a to ptr
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function adds void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @adds(ptr %p, i64 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %a = add i64 %i, %n
  %q = inttoptr i64 %a to ptr
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function narrows void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @narrows(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %t = trunc i64 %i to i47
  %z = zext i47 %t to i64
  %n = mul i64 %z, 3
  %q = inttoptr i64 %n to ptr
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function open_lane void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @open_lane(<2 x ptr> %v) #4 {
  %f = freeze <2 x ptr> %v
  %i = ptrtoint <2 x ptr> %f to <2 x i64>
  %o = or <2 x i64> %i, splat (i64 70368744177664)
  %w = inttoptr <2 x i64> %o to <2 x ptr>
  %s = shufflevector <2 x ptr> %w, <2 x ptr> %w, <2 x i32> <i32 0, i32 poison>
  call void @llvm.masked.scatter.v2i32.v2p0(<2 x i32> zeroinitializer, <2 x ptr> %s, i32 4, <2 x i1> splat (i1 true))
  ret void
}

; CHECK-LABEL: in function no_lane void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @no_lane(<2 x ptr> %v) #4 {
  %f = freeze <2 x ptr> %v
  %i = ptrtoint <2 x ptr> %f to <2 x i64>
  %o = or <2 x i64> %i, splat (i64 70368744177664)
  %w = inttoptr <2 x i64> %o to <2 x ptr>
  %q = extractelement <2 x ptr> %w, i64 2
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function xor void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @xor(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %a = xor i64 %i, 70368744177664
  %q = inttoptr i64 %a to ptr
  store i32 1, ptr %q
  ret void
}

; CHECK-LABEL: in function another_space void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @another_space(ptr %p) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %i = ptrtoint ptr %m to i64
  %q = inttoptr i64 %i to ptr addrspace(271)
  store i32 1, ptr addrspace(271) %q
  ret void
}

; CHECK-LABEL: in function other_assembly void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @other_assembly(ptr %p) #4 {
  %m = call ptr asm sideeffect "btrq $$46, $0", "=r,0,~{flags}"(ptr %p)
  store i32 1, ptr %m
  ret void
}

; The pointer of the time before: null says nothing of the new one.
; CHECK-LABEL: in function argument_before void
; CHECK-SAME: MemSentry cannot prove that this argument has been checked
define void @argument_before(ptr %at) #4 {
  br label %loop
loop:
  %v = phi i64 [ 0, %0 ], [ %i, %next ]
  %p = load volatile ptr, ptr %at
  %x = and i64 %v, 70368744177664
  %z = icmp eq i64 %x, 0
  br i1 %z, label %next, label %ok
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  br label %next
next:
  %i = ptrtoint ptr %p to i64
  br label %loop
}

; Null where the bit is asked for to be clear.
; CHECK-LABEL: in function null_has_no_bit void
; CHECK-SAME: MemSentry cannot prove that this argument has been checked
define void @null_has_no_bit(ptr %p, i1 %c) #4 {
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
  br i1 %z, label %ok, label %bad
bad:
  call void @llvm.trap()
  unreachable
ok:
  %r = call i64 @read(i32 0, ptr %p, i64 8)
  ret void
}

; Named as the slow path is, but with code of its own.
; CHECK-LABEL: in function another_check void
; CHECK-SAME: MemSentry cannot prove that this argument has been checked
define void @another_check(ptr %p) #4 {
  %f = freeze ptr %p
  %i = ptrtoint ptr %f to i64
  %b = and i64 %i, 70368744177664
  %z = icmp eq i64 %b, 0
  br i1 %z, label %slow, label %ok
slow:
  call preserve_mostcc void @__memsentry_check_pointer.read(ptr %f)
  br label %ok
ok:
  %r = call i64 @read(i32 0, ptr %f, i64 8)
  ret void
}

; Its name for the report is not what it checks.
; CHECK-LABEL: in function another_operand void
; CHECK-SAME: MemSentry cannot prove that the length of this argument has been checked
define void @another_operand(ptr %p, i64 %n) #4 {
  %f = freeze ptr %p
  %l = freeze i64 %n
  call preserve_mostcc void @__memsentry_check_range.read(ptr %f)
  %r = call i64 @read(i32 0, ptr %f, i64 %l)
  ret void
}

; CHECK-LABEL: in function negative_length void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @negative_length(ptr %p, i32 %n) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %wide = sext i32 %n to i64
  %c = icmp slt i32 %n, -1
  br i1 %c, label %no, label %yes
yes:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %wide, i1 false)
  ret void
no:
  ret void
}

; What is undefined may be another number when it is used.
; CHECK-LABEL: in function undefined_length void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @undefined_length(ptr %p, i32 %x) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %n = add i64 undef, 1
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

; CHECK-LABEL: in function unequal_length void
; CHECK-SAME: MemSentry cannot prove that this length stays within the guard
define void @unequal_length(ptr %p, i64 %n, i32 %x) #4 {
  %m.f = freeze ptr %p
  %m.i = ptrtoint ptr %m.f to i64
  %m.o = or i64 %m.i, 70368744177664
  %m = inttoptr i64 %m.o to ptr
  %wide = zext i32 %x to i64
  %c = icmp eq i64 %n, %wide
  br i1 %c, label %no, label %yes
yes:
  call void @llvm.memset.p0.i64(ptr %m, i8 0, i64 %n, i1 false)
  ret void
no:
  ret void
}

; CHECK-LABEL: in function unfilled_vector void
; CHECK-SAME: MemSentry cannot prove that this write stays out of the safe regions
define void @unfilled_vector(ptr %p, i64 %n) #4 {
  %v = insertelement <2 x i64> <i64 poison, i64 poison>, i64 %n, i64 0
  %s = call i64 @llvm.vector.reduce.add.v2i64(<2 x i64> %v)
  %i = ptrtoint ptr %p to i64
  %a = add i64 %i, %s
  %o = or i64 %a, 70368744177664
  %q = inttoptr i64 %o to ptr
  store i32 1, ptr %q
  ret void
}

; What is copied is read.
; CHECK-LABEL: in function by_value_of_call void
; CHECK-SAME: MemSentry cannot prove that this read stays out of the safe regions
define void @by_value_of_call(ptr %p) #2 {
  call void @takes(ptr byval([4 x i32]) %p)
  ret void
}

define linkonce_odr hidden preserve_mostcc void @__memsentry_check_pointer.read(ptr %p) naked {
  call void asm sideeffect "ret", "s,s,~{r11}"(ptr @global, ptr @__memsentry_check_pointer)
  unreachable
}
define linkonce_odr hidden preserve_mostcc void @__memsentry_check_range.read(ptr %p) naked {
  call void asm sideeffect "leaq ${0:c}(%rip), %r11; jmpq *${1:c}@GOTPCREL(%rip)", "s,s,~{r11}"(ptr @global, ptr @__memsentry_check_range)
  unreachable
}
declare void @__memsentry_check_pointer(ptr)
declare void @__memsentry_check_range(ptr, i64)

declare i64 @read(i32, ptr, i64)
declare i64 @readv(i32, ptr, i32)
declare ptr @memset(ptr, i32, i64)
declare i32 @setjmp(ptr) returns_twice
declare void @takes(ptr byval([4 x i32]))

attributes #4 = { "memsentry"="sfi:w" "probe-stack"="inline-asm" "memsentry-proof"="warn" }
attributes #3 = { "memsentry"="sfi:w" "memsentry-proof"="warn" "memsentry-unchecked-arguments" }
attributes #2 = { "memsentry"="sfi:rw" "memsentry-proof"="warn" }
attributes #0 = { "memsentry"="sfi:w" "memsentry-proof"="warn" }
attributes #1 = { "memsentry"="sfi:w" "memsentry-stack"="safe" "memsentry-proof"="warn" }

!0 = !{}
!1 = !{i64 0, i64 8}
