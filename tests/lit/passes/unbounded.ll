; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Accesses that a mask of their pointer would not confine are errors, with the place in the source.
; RUN: split-file %s %t
; RUN: not %memsentry-opt -memsentry-rw=w -S %t/segment.ll 2>&1 | %FileCheck %s
; RUN: %cat-ir %t/segments.ll | not %memsentry-opt -memsentry-rw=w -S - 2>&1 | %FileCheck %s
; RUN: not %memsentry-opt -memsentry-rw=w -S %t/large.ll 2>&1 | %FileCheck %s
; RUN: not %memsentry-opt -memsentry-rw=w -S %t/scatter.ll 2>&1 | %FileCheck %s
; RUN: not %memsentry-opt -memsentry-rw=w -S %t/tile.ll 2>&1 | %FileCheck %s
; LLVM 19 does not have this intrinsic.
; RUN: %if llvm-22 %{ not %memsentry-opt -memsentry-rw=w -S %t/pattern.ll 2>&1 | %FileCheck %s %}
; RUN: %memsentry-opt -memsentry-rw=w -S %t/fine.ll | %FileCheck %s --check-prefix=FINE

; RUN: echo 'void f(int __attribute__((address_space(257))) *p) { *p = 1; }' > %t/place.c
; RUN: cd %t && not %plugin-clang -O2 -g -c place.c -o place.o 2>&1 | %FileCheck %s --check-prefix=PLACE

; CHECK: error: {{.*}} in function f {{.*}}: access that MemSentry cannot confine: it may reach beyond the guard
; PLACE: place.c:1:57: error: access that MemSentry cannot confine: it may reach beyond the guard

;--- segment.ll
define void @f(ptr addrspace(257) %p) {
  store i32 1, ptr addrspace(257) %p
  ret void
}

;--- segments.ll
define void @f(<4 x ptr addrspace(257)> %p, <4 x i32> %v, <4 x i1> %m) {
  call void @llvm.masked.scatter.v4i32.v4p257(<4 x i32> %v, <4 x ptr addrspace(257)> align 4 %p, <4 x i1> %m)
  ret void
}

;--- large.ll
define void @f(ptr %p, [1099511627777 x i8] %v) {
  store [1099511627777 x i8] %v, ptr %p
  ret void
}

;--- scatter.ll
define void @f(ptr %p, <8 x i64> %i, <8 x i64> %v, <8 x i1> %m) {
  call void @llvm.x86.avx512.mask.scatter.qpq.512(ptr %p, <8 x i1> %m, <8 x i64> %i, <8 x i64> %v, i32 8)
  ret void
}
declare void @llvm.x86.avx512.mask.scatter.qpq.512(ptr, <8 x i1>, <8 x i64>, <8 x i64>, i32)

;--- pattern.ll
define void @f(ptr %p, i32 %v, i64 %n) {
  call void @llvm.experimental.memset.pattern.p0.i32.i64(ptr %p, i32 %v, i64 %n, i1 false)
  ret void
}

;--- tile.ll
define void @f(ptr %p, i64 %stride) {
  call void @llvm.x86.tilestored64(i8 0, ptr %p, i64 %stride)
  ret void
}
declare void @llvm.x86.tilestored64(i8, ptr, i64)

;--- fine.ll
; A fixed slot of the thread control block, and indices of 32 bits.
; FINE-LABEL: define void @slot(
; FINE: store i32 1, ptr addrspace(257) inttoptr (i64 64 to ptr addrspace(257))
define void @slot() {
  store i32 1, ptr addrspace(257) inttoptr (i64 64 to ptr addrspace(257))
  ret void
}

; FINE-LABEL: define void @near(
; FINE: call void @llvm.x86.avx512.mask.scatter.dpq.512(ptr %masked,
define void @near(ptr %p, <8 x i32> %i, <8 x i64> %v, <8 x i1> %m) {
  call void @llvm.x86.avx512.mask.scatter.dpq.512(ptr %p, <8 x i1> %m, <8 x i32> %i, <8 x i64> %v, i32 8)
  ret void
}
declare void @llvm.x86.avx512.mask.scatter.dpq.512(ptr, <8 x i1>, <8 x i32>, <8 x i64>, i32)
