; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What a closed domain denies, and with whose rights.
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -memsentry-rw=w -S %s | %FileCheck %s --check-prefix=W
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -memsentry-rw=r -S %s | %FileCheck %s --check-prefix=R
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -memsentry-mpk-preserve -S %s | %FileCheck %s --check-prefix=PRESERVE
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=mpk -memsentry-mpk-preserve -memsentry-rw=w -S %s | %FileCheck %s --check-prefix=PRESERVE-W
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry -memsentry-prot-method=hide -S %s | %FileCheck %s --check-prefix=HIDE --implicit-check-not=asm

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Reads need no gate where only writes are denied; ordinary reads may pass an open domain.
; W-LABEL: define i32 @read(
; W-NEXT: load
; W-NEXT: ret
; R-LABEL: define i32 @read(
; R-NEXT: asm sideeffect {{.*}}0x55555550
; R-NEXT: load
; R-NEXT: asm sideeffect {{.*}}0x55555554
; HIDE-LABEL: define i32 @read(
define i32 @read(ptr addrspace(1) %p) {
  %v = load i32, ptr addrspace(1) %p
  ret i32 %v
}

; W-LABEL: define i32 @write(
; W-NEXT: asm sideeffect {{.*}}0x55555550
; W-NEXT: store
; W-NEXT: load i32, ptr %q
; W-NEXT: getelementptr
; W-NEXT: store
; W-NEXT: asm sideeffect {{.*}}movl $$0x55555558, %eax; wrpkru; cmpl $$0x55555558, %eax; jne
; W-NEXT: ret
; R-LABEL: define i32 @write(
; PRESERVE-LABEL: define i32 @write(
; PRESERVE-NEXT: asm sideeffect "xorl %ecx, %ecx; rdpkru; andl $$0xfffffff3, %eax; wrpkru"
; PRESERVE: asm sideeffect "xorl %ecx, %ecx; rdpkru; andl $$0xfffffff3, %eax; orl $$0x4, %eax; wrpkru; testb $$0x4, %al; je ${0:c}"
; PRESERVE-W-LABEL: define i32 @write(
; PRESERVE-W: asm sideeffect {{.*}}orl $$0x8, %eax; wrpkru; testb $$0x8, %al; je
; HIDE-LABEL: define i32 @write(
define i32 @write(ptr addrspace(1) %p, ptr %q) {
  store i32 1, ptr addrspace(1) %p
  %v = load i32, ptr %q
  %next = getelementptr i32, ptr addrspace(1) %p, i64 1
  store i32 %v, ptr addrspace(1) %next
  ret i32 %v
}

; A volatile read is no write, in trusted code neither.
; W-LABEL: define i32 @volatile_read(
; W-NEXT: load volatile
; W-NEXT: load volatile
; W-NEXT: ret
define i32 @volatile_read(ptr addrspace(1) %p, ptr %q) section "memsentry_functions" {
  %v = load volatile i32, ptr addrspace(1) %p
  %w = load volatile i32, ptr %q, !memsentry.saferegion !0
  ret i32 %v
}

!0 = !{}
