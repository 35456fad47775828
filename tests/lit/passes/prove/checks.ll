; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The proof and checks: it believes the code of a check to the letter, of its own backend, and
; nothing of the bits of what was checked.
; RUN: %memsentry-mpx-opt -memsentry-rw=rw -memsentry-proof=warn -S %s -o %t.ll
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output %t.ll 2>&1 | count 0

; Another bound register, another instruction, another result, checks of a backend without:
; RUN: sed 's/0x1a,0xc0/0x1a,0xc8/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=ALL
; RUN: sed 's/0x0f,0x1a/0x0f,0x1b/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=ALL
; RUN: sed 's/"=r,0"/"=r,r"/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=ALL
; RUN: sed 's/"memsentry"="mpx:/"memsentry"="sfi:/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=ALL
; ALL-COUNT-3: MemSentry cannot prove that this {{write|read}} stays out of the safe regions

; Where setjmp returns, a check that may be moved, or that was made before:
; RUN: sed 's/asm sideeffect "\.ifc/asm ".ifc/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=MOVABLE
; MOVABLE-COUNT-2: MemSentry cannot prove that this write stays out of the safe regions
; MOVABLE-NOT: cannot prove
; RUN: sed 's/store i32 22, ptr %[a-z0-9]*/store i32 22, ptr %checked/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=STALE
; STALE: MemSentry cannot prove that this write stays out of the safe regions: %checked
; STALE-NOT: cannot prove

; An address above the split need not have the split bit: cleared bits may lead below, but not
; where an address is only rounded down.
; RUN: sed 's/store i64 33, ptr %[a-z0-9]*/store i64 33, ptr %cut/; s/^\( *\)\(%[a-z0-9]*\) = ptrtoint ptr %other to i64/\1\2 = ptrtoint ptr %checked to i64/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | %FileCheck %s --check-prefix=BITS
; BITS: MemSentry cannot prove that this write stays out of the safe regions: %cut
; BITS-NOT: cannot prove
; RUN: sed 's/store i64 33, ptr %[a-z0-9]*/store i64 33, ptr %down/; s/^\( *\)\(%[a-z0-9]*\) = ptrtoint ptr %other to i64/\1\2 = ptrtoint ptr %checked to i64/' %t.ll | %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output 2>&1 | count 0

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@buffer = global [25 x i64] zeroinitializer

define i32 @load(ptr %p) {
  %v = load i32, ptr %p
  ret i32 %v
}

define void @barrier(ptr %p) {
  store i32 11, ptr %p
  %r = call i32 @setjmp(ptr @buffer)
  store i32 22, ptr %p
  ret void
}

; The sum of both keeps them alive.
define i64 @bits(ptr %p, ptr %other) {
  store i64 32, ptr %p
  %i = ptrtoint ptr %other to i64
  %a = and i64 %i, 70368744181759
  %cut = inttoptr i64 %a to ptr
  %b = and i64 %i, -4096
  %down = inttoptr i64 %b to ptr
  store i64 33, ptr %p
  %s = ptrtoint ptr %cut to i64
  %t = ptrtoint ptr %down to i64
  %sum = add i64 %s, %t
  ret i64 %sum
}

declare i32 @setjmp(ptr) returns_twice
