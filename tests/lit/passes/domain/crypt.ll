; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Encrypted regions: calls of the runtime take the place of accesses.
; RUN: %cat-ir %s | %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=crypt -S | %FileCheck %s

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%pair = type { i64, i64, i64 }

@variable = global i32 0

; CHECK-LABEL: define void @small(
; CHECK-NEXT: [[P:%.*]] = addrspacecast ptr addrspace(1) %p to ptr
; CHECK-NEXT: [[R:%.*]] = call { i64, i64 } @__memsentry_crypt_load(ptr [[P]], i64 4)
; CHECK-NOT: load
; CHECK: call void @__memsentry_crypt_store(ptr {{%.*}}, i64 4, i64 {{%.*}}, i64 {{%.*}})
; CHECK-NEXT: ret void
define void @small(ptr addrspace(1) %p) {
  %v = load i32, ptr addrspace(1) %p
  store i32 %v, ptr addrspace(1) %p
  ret void
}

; Through a variable, which is overwritten.
; CHECK-LABEL: define %pair @large(
; CHECK-NEXT: [[COPY:%.*]] = alloca %pair
; CHECK: call void @__memsentry_crypt_read(ptr [[COPY]], ptr {{%.*}}, i64 24)
; CHECK-NEXT: [[V:%.*]] = load volatile %pair, ptr [[COPY]]
; CHECK-NEXT: call void @llvm.memset.{{.*}}(ptr {{.*}}[[COPY]], i8 0, i64 24, i1 true)
; CHECK-NEXT: ret %pair [[V]]
define %pair @large(ptr addrspace(1) %p) {
  %v = load %pair, ptr addrspace(1) %p
  ret %pair %v
}

; CHECK-LABEL: define i32 @atomic(
; CHECK: call i32 @__memsentry_crypt_update.1.i32(ptr {{%.*}}, i32 3)
; CHECK: call void @__memsentry_crypt_store(
; CHECK-NEXT: fence seq_cst
; CHECK: call { i64, i64 } @__memsentry_crypt_exchange(ptr {{%.*}}, i64 4,
; CHECK-NOT: cmpxchg
; CHECK: ret i32
define i32 @atomic(ptr addrspace(1) %p) {
  %v = atomicrmw add ptr addrspace(1) %p, i32 3 seq_cst
  store atomic i32 %v, ptr addrspace(1) %p seq_cst, align 4
  %c = cmpxchg ptr addrspace(1) %p, i32 %v, i32 7 seq_cst seq_cst
  %r = extractvalue { i32, i1 } %c, 0
  ret i32 %r
}

; The side that is ordinary memory stays so, whatever an attacker makes of its pointer.
; CHECK-LABEL: define void @copies(
; CHECK: call void @__memsentry_crypt_read(ptr %q, ptr {{%.*}}, i64 64)
; CHECK: call void @__memsentry_crypt_write(ptr {{%.*}}, ptr %q, i64 64)
; CHECK: call void @__memsentry_crypt_move(ptr {{%.*}}, ptr {{%.*}}, i64 64)
; CHECK: call void @__memsentry_crypt_fill(ptr {{%.*}}, i8 1, i64 64)
; CHECK-NEXT: ret void
define void @copies(ptr addrspace(1) %p, ptr %q) {
  call void @llvm.memcpy.p0.p1.i64(ptr %q, ptr addrspace(1) %p, i64 64, i1 false)
  call void @llvm.memcpy.p1.p0.i64(ptr addrspace(1) %p, ptr %q, i64 64, i1 false)
  call void @llvm.memmove.p1.p1.i64(ptr addrspace(1) %p, ptr addrspace(1) %p, i64 64, i1 false)
  call void @llvm.memset.p1.i64(ptr addrspace(1) %p, i8 1, i64 64, i1 false)
  ret void
}

; Trusted code: what may be meant for a region, which a variable is not.
; CHECK-LABEL: define i32 @trusted(
; CHECK-NEXT: [[COPY:%.*]] = alloca %pair, align 64
; CHECK: call { i64, i64 } @__memsentry_crypt_load(ptr %p, i64 4)
; CHECK: store i32 [[V:%.*]], ptr %local
; CHECK-NEXT: store i32 [[V]], ptr @variable
; CHECK-NEXT: call void asm sideeffect ""
; CHECK-NEXT: call void @__memsentry_crypt_move(ptr [[COPY]], ptr %p, i64 24)
; CHECK-NEXT: call void @by_value(ptr byval(%pair) [[COPY]])
; CHECK-NEXT: %w = load i32, ptr %local
define i32 @trusted(ptr %p) section "memsentry_functions" {
  %local = alloca i32
  %v = load i32, ptr %p
  store i32 %v, ptr %local
  store i32 %v, ptr @variable
  call void asm sideeffect "", "~{memory}"()
  call void @by_value(ptr byval(%pair) %p)
  %w = load i32, ptr %local
  ret i32 %w
}

; Everybody else gets at ciphertext.
; CHECK-LABEL: define i32 @ordinary(
; CHECK-NEXT: load i32, ptr %p
; CHECK-NEXT: ret
define i32 @ordinary(ptr %p) {
  %v = load i32, ptr %p
  ret i32 %v
}

declare void @by_value(ptr byval(%pair))
declare void @llvm.memcpy.p0.p1.i64(ptr, ptr addrspace(1), i64, i1)
declare void @llvm.memcpy.p1.p0.i64(ptr addrspace(1), ptr, i64, i1)
declare void @llvm.memmove.p1.p1.i64(ptr addrspace(1), ptr addrspace(1), i64, i1)
declare void @llvm.memset.p1.i64(ptr addrspace(1), i8, i64, i1)

; CHECK-LABEL: define internal i32 @__memsentry_crypt_update.1.i32(
; CHECK: phi i32
; CHECK-NEXT: add i32
