; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What the backend crypt cannot do is an error, and so is an access that is left.
; RUN: sed -e '/^define.*@scattered/,/^}/d' -e '/^define.*@wide/,/^}/d' %s | not %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=crypt -disable-output 2>&1 | %FileCheck %s --check-prefix=ASSEMBLY
; RUN: sed -e '/^define.*@assembly/,/^}/d' -e '/^define.*@wide/,/^}/d' %s | not %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=crypt -disable-output 2>&1 | %FileCheck %s --check-prefix=SCATTERED
; RUN: sed -e '/^define.*@assembly/,/^}/d' -e '/^define.*@scattered/,/^}/d' %s | not %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=crypt -disable-output 2>&1 | %FileCheck %s --check-prefix=WIDE
; RUN: not %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output %s 2>&1 | %FileCheck %s --check-prefix=PROOF

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; ASSEMBLY: error: {{.*}}the backend 'crypt' cannot decrypt what assembly accesses; hand it a copy, and say by MEMSENTRY_REVIEWED_ASM that it accesses no safe region
define void @assembly(ptr %p) section "memsentry_functions" {
  call void asm sideeffect "movb $$0, ($0)", "r,~{memory}"(ptr %p)
  ret void
}

; SCATTERED: error: {{.*}}the backend 'crypt' has no form for this access to a safe region; copy what it needs into a variable, or compile the function with '-fno-vectorize -fno-slp-vectorize'
define void @scattered(<4 x ptr> %p) section "memsentry_functions" {
  call void @llvm.masked.scatter.v4i32.v4p0(<4 x i32> zeroinitializer, <4 x ptr> %p, i32 4, <4 x i1> <i1 1, i1 0, i1 1, i1 1>)
  ret void
}

; WIDE: error: {{.*}}a function that may use AVX-512 would use the registers in which the backend 'crypt' has its key; compile it with '-mno-avx512f', without an attribute that asks for it
define void @wide() "target-features"="+avx512f,+sse4.2" {
  ret void
}

; PROOF: error: {{.*}}MemSentry cannot prove that the domain is open for this access to a safe region: %v = load i32, ptr addrspace(1) %p
define i32 @left(ptr addrspace(1) %p) "memsentry"="crypt:rw" {
  %v = load i32, ptr addrspace(1) %p
  ret i32 %v
}

declare void @llvm.masked.scatter.v4i32.v4p0(<4 x i32>, <4 x ptr>, i32, <4 x i1>)
