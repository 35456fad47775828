; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Functions whose va_list cannot lie in ordinary memory. opt stops at the first error.
; RUN: sed 's/^;EXCLUDED //' %s | not %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S 2>&1 \
; RUN:   | %FileCheck %s --check-prefix=ERROR-EXCLUDED
; RUN: sed 's/^;WINDOWS //' %s | not %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S 2>&1 \
; RUN:   | %FileCheck %s --check-prefix=ERROR-WINDOWS
; RUN: sed 's/^;CHAINED //' %s | not %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S 2>&1 \
; RUN:   | %FileCheck %s --check-prefix=ERROR-CHAINED
; RUN: sed 's/^;UNPLACED //' %s | not %memsentry-opt -memsentry-rw=rw -memsentry-defense=safe-stack -S 2>&1 \
; RUN:   | %FileCheck %s --check-prefix=ERROR-UNPLACED
; RUN: sed 's/^;EXCLUDED //' %s | %memsentry-opt -memsentry-rw=w -memsentry-defense=safe-stack -S -o /dev/null

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; ERROR-EXCLUDED: error: safe-stack cannot give 'function' its variable arguments where reads are confined: it is excluded from safe-stack
;EXCLUDED define void @function(ptr %format, ...) { call void @llvm.va_start(ptr @list) ret void }

; ERROR-WINDOWS: error: safe-stack cannot give 'function' its variable arguments where reads are confined: its calling convention is not that of System V
;WINDOWS define win64cc void @function(ptr %format, ...) safestack { call void @llvm.va_start(ptr @list) ret void }

; ERROR-CHAINED: error: safe-stack cannot give 'function' its variable arguments where reads are confined: it has a static chain
;CHAINED define void @function(ptr nest %chain, ...) safestack { call void @llvm.va_start(ptr @list) ret void }

; ERROR-UNPLACED: error: safe-stack cannot give 'function' its variable arguments where reads are confined: it has a parameter that lies in no known place
;UNPLACED define void @function(<8 x float> %v, ...) safestack { call void @llvm.va_start(ptr @list) ret void }

@list = global [24 x i8] zeroinitializer
declare void @llvm.va_start(ptr)
