; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; The proof finds every path on which the domain is open where it must not be.
; RUN: sed -e 's/@OPEN/call void asm sideeffect "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $$0x55555550, %%eax; wrpkru", "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}"(ptr @__memsentry_gate_trap_stub)/' \
; RUN:   -e 's/@CLOSE/call void asm sideeffect "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $$0x55555554, %%eax; wrpkru; cmpl $$0x55555554, %%eax; jne ${0:c}", "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}"(ptr @__memsentry_gate_trap_stub)/' %s > %t.ll
; RUN: %opt -load-pass-plugin=%plugin -passes=memsentry-prove -disable-output %t.ll 2>&1 | %FileCheck %s --implicit-check-not=warning:

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

declare void @other()

; Two gates and what is between them: nothing to say of it.
define void @good(ptr addrspace(1) %p) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  @CLOSE
  ret void
}

; CHECK: warning: {{.*}}in function left_open {{.*}}cannot prove that the domain is closed where other code runs: ret void
define void @left_open(ptr addrspace(1) %p) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  ret void
}

; CHECK: warning: {{.*}}in function one_way {{.*}}the domain is closed where other code runs: ret void
define void @one_way(ptr addrspace(1) %p, i1 %c) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  br i1 %c, label %closing, label %end
closing:
  @CLOSE
  br label %end
end:
  ret void
}

; CHECK: warning: {{.*}}in function calls {{.*}}the domain is closed where other code runs: call void @other()
define void @calls(ptr addrspace(1) %p) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  call void @other()
  @CLOSE
  ret void
}

; CHECK: warning: {{.*}}in function ordinary {{.*}}this write stays out of the safe regions: ptr %q
define void @ordinary(ptr addrspace(1) %p, ptr %q) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  store i32 1, ptr %q
  @CLOSE
  ret void
}

; CHECK: warning: {{.*}}in function reads {{.*}}this read stays out of the safe regions: ptr %q
define i32 @reads(ptr addrspace(1) %p, ptr %q) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  %v = load i32, ptr %q
  @CLOSE
  ret i32 %v
}

; CHECK: warning: {{.*}}in function assembly {{.*}}the domain is closed where other code runs
define void @assembly(ptr addrspace(1) %p) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  call void asm sideeffect "nop", ""()
  @CLOSE
  ret void
}

; CHECK: warning: {{.*}}in function around {{.*}}this write stays out of the safe regions: ptr %q
define void @around(ptr addrspace(1) %p, ptr %q, i1 %c) #0 {
entry:
  br label %body
body:
  store i32 1, ptr %q
  @OPEN
  store i32 1, ptr addrspace(1) %p
  br i1 %c, label %body, label %exit
exit:
  @CLOSE
  ret void
}

; A gate that does not look at what it wrote is none.
; CHECK: warning: {{.*}}in function unchecked {{.*}}the domain is closed where other code runs
define void @unchecked(ptr addrspace(1) %p) #0 {
  @OPEN
  store i32 1, ptr addrspace(1) %p
  call void asm sideeffect "xorl %ecx, %ecx; xorl %edx, %edx; movl $$0x55555554, %eax; wrpkru", "s,~{rax},~{rcx},~{rdx},~{memory},~{dirflag},~{fpsr},~{flags}"(ptr @__memsentry_gate_trap_stub)
  ret void
}

; An access that would fault.
; CHECK: warning: {{.*}}in function not_open {{.*}}the domain is open for this access to a safe region
define void @not_open(ptr addrspace(1) %p) #0 {
  store i32 1, ptr addrspace(1) %p
  ret void
}

; CHECK: warning: {{.*}}in function maybe_open {{.*}}the domain is open for this access to a safe region
define void @maybe_open(ptr addrspace(1) %p, i1 %c) #0 {
  br i1 %c, label %opening, label %access
opening:
  @OPEN
  br label %access
access:
  store i32 1, ptr addrspace(1) %p
  @CLOSE
  ret void
}

; A mask from before setjmp may be in a register that comes from the jmp_buf.
; CHECK: warning: {{.*}}in function stale_mask {{.*}}this write stays out of the safe regions
define void @stale_mask(ptr addrspace(1) %p, ptr %q, ptr %buffer) #0 {
  %i = ptrtoint ptr %q to i64
  %o = or i64 %i, 70368744177664
  %m = inttoptr i64 %o to ptr
  %r = call i32 @setjmp(ptr %buffer) returns_twice
  @OPEN
  store i32 1, ptr addrspace(1) %p
  store i32 1, ptr %m
  @CLOSE
  ret void
}
declare i32 @setjmp(ptr) returns_twice

; Functions that are entered with the domain open: whoever calls them has it open, and they leave
; it so.
; CHECK: warning: {{.*}}in function calls_inner_closed {{.*}}the domain is open for this access to a safe region: call void @inner
define void @calls_inner_closed(ptr %p) #0 {
  call void @inner(ptr %p)
  ret void
}

define internal void @inner(ptr %p) #1 {
  store i32 1, ptr %p, !memsentry.saferegion !0
  ret void
}

; CHECK: warning: {{.*}}in function inner_that_closes {{.*}}the domain is open for this access to a safe region: ret void
define internal void @inner_that_closes(ptr %p) #1 {
  store i32 1, ptr %p, !memsentry.saferegion !0
  @CLOSE
  ret void
}

; CHECK: warning: {{.*}}in function inner_by_address {{.*}}only trusted code enters this function
define internal void @inner_by_address(ptr %p) #1 {
  store i32 1, ptr %p, !memsentry.saferegion !0
  ret void
}
@table = global ptr @inner_by_address

; CHECK: warning: {{.*}}in function inner_of_all {{.*}}only trusted code enters this function
define void @inner_of_all(ptr %p) #1 {
  store i32 1, ptr %p, !memsentry.saferegion !0
  ret void
}

define linkonce_odr hidden void @__memsentry_gate_trap_stub() naked {
  call void asm sideeffect "jmpq *${0:c}@GOTPCREL(%rip)", "s"(ptr @__memsentry_gate_trap)
  unreachable
}
declare void @__memsentry_gate_trap()

attributes #0 = { "memsentry"="mpk:rw" "memsentry-proof"="warn" }
attributes #1 = { "memsentry"="mpk:rw" "memsentry-proof"="warn" "memsentry-trusted"="trusted function" "memsentry-inner" }
!0 = !{}
