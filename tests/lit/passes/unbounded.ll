; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Accesses that a mask of their pointer would not confine are errors, with the place in the source.
; DEFINE: %{file} =
; clang goes on after the first error.
; DEFINE: %{refuse} = %cat-ir %t/%{file}.ll | not %plugin-clang -O1 -Wno-override-module -x ir -S -emit-llvm - -o /dev/null 2>&1 | %FileCheck %t/%{file}.ll
; RUN: split-file %s %t
; REDEFINE: %{file} = segment
; RUN: %{refuse}
; REDEFINE: %{file} = segments
; RUN: %{refuse}
; REDEFINE: %{file} = slot
; RUN: %{refuse}
; REDEFINE: %{file} = space
; RUN: %{refuse}
; REDEFINE: %{file} = large
; RUN: %{refuse}
; REDEFINE: %{file} = scalable
; RUN: %{refuse}
; REDEFINE: %{file} = columns
; RUN: %{refuse}
; REDEFINE: %{file} = strided-load
; RUN: %{refuse}
; REDEFINE: %{file} = strided
; RUN: %{refuse}
; REDEFINE: %{file} = unknown
; RUN: %{refuse}
; REDEFINE: %{file} = inalloca
; RUN: %{refuse}
; REDEFINE: %{file} = pad
; RUN: %{refuse}

; What only reads is of no concern to mode w, nor what only writes to mode r.
; RUN: %memsentry-opt -memsentry-rw=w -S %t/strided-load.ll -o /dev/null
; RUN: %memsentry-opt -memsentry-rw=r -S %t/large.ll -o /dev/null
; RUN: %memsentry-opt -memsentry-rw=w -S %t/fine.ll | %FileCheck %t/fine.ll

; RUN: echo 'void f(int __attribute__((address_space(257))) *p) { *p = 1; }' > %t/place.c
; RUN: cd %t && not %plugin-clang -O2 -g -c place.c -o place.o 2>&1 | %FileCheck %s --check-prefix=PLACE
; PLACE: place.c:1:57: error: access that MemSentry cannot confine: it may reach beyond the guard

;--- segment.ll
; CHECK: error: {{.*}}in function f {{.*}}: access that MemSentry cannot confine: it may reach beyond the guard
define void @f(ptr addrspace(257) %p) {
  store i32 1, ptr addrspace(257) %p
  ret void
}

;--- segments.ll
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
define void @f(<4 x ptr addrspace(257)> %p, <4 x i32> %v, <4 x i1> %m) {
  call void @llvm.masked.scatter.v4i32.v4p257(<4 x i32> %v, <4 x ptr addrspace(257)> align 4 %p, <4 x i1> %m)
  ret void
}

;--- slot.ll
; The base of fs and a constant of this size make an address in the regions.
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
; CHECK: in function symbol {{.*}}: access that MemSentry cannot confine
define void @f() {
  store i32 1, ptr addrspace(257) inttoptr (i64 -70368744177664 to ptr addrspace(257))
  ret void
}
@s = external addrspace(257) global i32
define void @symbol() {
  store i32 1, ptr addrspace(257) @s
  ret void
}

;--- space.ll
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
; CHECK: in function g {{.*}}: access that MemSentry cannot confine
define void @f(ptr addrspace(2) %p) {
  store i32 1, ptr addrspace(2) %p
  ret void
}
define i32 @g(ptr addrspace(270) %p) {
  %v = load i32, ptr addrspace(270) %p
  ret i32 %v
}

;--- large.ll
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
define void @f(ptr %p, [1099511627777 x i8] %v) {
  store [1099511627777 x i8] %v, ptr %p
  ret void
}

;--- scalable.ll
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
; CHECK: in function g {{.*}}: access that MemSentry cannot confine
define void @f(ptr %p, <vscale x 4 x i32> %v) {
  store <vscale x 4 x i32> %v, ptr %p
  ret void
}
define void @g(<vscale x 4 x i32> %v, <vscale x 4 x ptr> %p, <vscale x 4 x i1> %m) {
  call void @llvm.vp.scatter.nxv4i32.nxv4p0(<vscale x 4 x i32> %v, <vscale x 4 x ptr> %p, <vscale x 4 x i1> %m, i32 4)
  ret void
}

;--- columns.ll
; CHECK: in function f {{.*}}: access that MemSentry cannot confine
define void @f(ptr %p, i64 %stride, <4 x i32> %v) {
  call void @llvm.matrix.column.major.store.v4i32.i64(<4 x i32> %v, ptr %p, i64 %stride, i1 false, i32 2, i32 2)
  ret void
}

;--- strided-load.ll
; CHECK: in function f {{.*}}: MemSentry cannot confine 'llvm.experimental.vp.strided.load'
define <4 x i32> @f(ptr %p, i64 %stride, <4 x i1> %m) {
  %v = call <4 x i32> @llvm.experimental.vp.strided.load.v4i32.p0.i64(ptr %p, i64 %stride, <4 x i1> %m, i32 4)
  ret <4 x i32> %v
}

;--- strided.ll
; CHECK: in function f {{.*}}: MemSentry cannot confine 'llvm.experimental.vp.strided.store', which may reach any address; a function that has been reviewed can be marked MEMSENTRY_NO_SANITIZE
define void @f(ptr %p, i64 %stride, <4 x i32> %v, <4 x i1> %m) {
  call void @llvm.experimental.vp.strided.store.v4i32.p0.i64(<4 x i32> %v, ptr %p, i64 %stride, <4 x i1> %m, i32 4)
  ret void
}

;--- unknown.ll
; What moves the stack, a segment or a shadow stack, or lets the processor write later.
; CHECK: cannot confine 'llvm.write_register'
; CHECK: cannot confine 'llvm.x86.wrfsbase.64'
; CHECK: cannot confine 'llvm.x86.wrssq'
; CHECK: cannot confine 'llvm.x86.llwpcb'
; CHECK: cannot confine 'llvm.x86.int'
; CHECK: cannot confine 'llvm.eh.sjlj.longjmp'
; CHECK: cannot confine 'llvm.eh.return.i64'
define void @f(ptr %p, i64 %n) {
  call void @llvm.write_register.i64(metadata !0, i64 %n)
  call void @llvm.x86.wrfsbase.64(i64 %n)
  call void @llvm.x86.wrssq(i64 %n, ptr %p)
  call void @llvm.x86.llwpcb(ptr %p)
  call void @llvm.x86.int(i8 128)
  ret void
}
define void @g(ptr %p) {
  call void @llvm.eh.sjlj.longjmp(ptr %p)
  unreachable
}
define void @h(ptr %p, i64 %n) {
  call void @llvm.eh.return.i64(i64 %n, ptr %p)
  unreachable
}
!0 = !{!"rsp"}

;--- inalloca.ll
; CHECK: in function f {{.*}}: MemSentry cannot confine 'inalloca'
define void @f(ptr %p) {
  call void @g(ptr inalloca(i32) %p)
  ret void
}
declare void @g(ptr inalloca(i32))

;--- pad.ll
; CHECK: in function f {{.*}}: MemSentry cannot confine 'catchpad'
define void @f() personality ptr @__CxxFrameHandler3 {
  invoke void @g() to label %done unwind label %dispatch
dispatch:
  %s = catchswitch within none [label %handler] unwind to caller
handler:
  %c = catchpad within %s [ptr null, i32 64, ptr null]
  catchret from %c to label %done
done:
  ret void
}
declare void @g()
declare i32 @__CxxFrameHandler3(...)

;--- fine.ll
; A fixed slot of the thread control block.
; CHECK-LABEL: define void @slot(
; CHECK: store i32 1, ptr addrspace(257) inttoptr (i64 64 to ptr addrspace(257))
; CHECK: store i32 2, ptr addrspace(257) null
define void @slot() {
  store i32 1, ptr addrspace(257) inttoptr (i64 64 to ptr addrspace(257))
  store i32 2, ptr addrspace(257) null
  ret void
}

; The base of ss is 0.
; CHECK-LABEL: define void @stack_segment(
; CHECK: or i64 {{.*}}, [[SPLIT]]
; CHECK: store i32 1, ptr addrspace(258) %masked
define void @stack_segment(ptr addrspace(258) %p) {
  store i32 1, ptr addrspace(258) %p
  ret void
}
