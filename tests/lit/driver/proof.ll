; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What becomes of an access that cannot be proved: here, what va_arg reads where memory says.
; RUN: %not %memsentry-clang -fmemsentry=sfi -Wno-override-module -c %s -o %t.o 2>&1 | %FileCheck %s --check-prefix=ERROR
; ERROR: error: {{.*}}in function argument {{.*}}: MemSentry cannot prove that this read stays out of the safe regions: %v = va_arg ptr
; ERROR-SAME: please report this as a bug of MemSentry, or compile with '-fmemsentry-proof=warn'
; RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-proof=warn -Wno-override-module -c %s -o %t.o 2>&1 | %FileCheck %s --check-prefix=WARN
; WARN: warning: {{.*}}in function argument {{.*}}: MemSentry cannot prove that this read stays out of the safe regions: %v = va_arg ptr
; WARN-NOT: please report
; RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-proof=warn -w -c %s -o %t.o 2>&1 | count 0
; RUN: %not %memsentry-clang -fmemsentry=sfi -fmemsentry-proof=warn -Werror -Wno-override-module -c %s -o %t.o
; RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-proof=off -Wno-override-module -c %s -o %t.o 2>&1 | count 0

; What was asked for travels to the link.
; RUN: %memsentry-clang -fmemsentry=sfi -fmemsentry-proof=off -Wno-override-module -flto -c %s -o - | %opt -S | %FileCheck %s --check-prefix=LTO
; LTO: "memsentry-proof"="off"

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define i32 @argument(ptr %p) {
  %v = va_arg ptr %p, i32
  ret i32 %v
}
