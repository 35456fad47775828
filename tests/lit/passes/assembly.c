// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Assembly that reaches memory otherwise than through memory operands is diagnosed, at its place,
// also without debug information; other assembly is not.
// RUN: %plugin-clang -I%include -O2 -S %s -o %t.s 2>&1 | %FileCheck %s --implicit-check-not=warning:
// RUN: %plugin-clang -I%include -O0 -S %s -o %t.s 2>&1 | %FileCheck %s --implicit-check-not=warning:
// RUN: %plugin-clang -Xclang -mllvm -Xclang -memsentry-asm=off -I%include -S %s -o %t.s 2>&1 | count 0
// RUN: %plugin-clang -w -I%include -S %s -o %t.s 2>&1 | count 0
// RUN: not %plugin-clang -Xclang -mllvm -Xclang -memsentry-asm=error -I%include -S %s -o %t.s 2>&1 | %FileCheck %s --check-prefix=ERROR
// ERROR: error: inline assembly is not confined:
// RUN: %plugin-clang -Rpass-missed=memsentry -w -O2 -I%include -S %s -o %t.s 2>&1 | %FileCheck %s --check-prefix=REMARK
// REMARK: remark: exempt: assembly marked as reviewed

#include <memsentry-runtime.h>

// CHECK: warning: assembly outside of functions is not confined: 'nop' is code; begin reviewed assembly with MEMSENTRY_REVIEWED_ASM [-Wmemsentry-asm]
asm(".globl file_level\n"
    ".symver foo, foo@VERSION\n"
    "file_level: nop\n");

void address(long *p, long v)
{
    // CHECK: assembly.c:[[#@LINE+1]]:{{[0-9]+}}: warning: inline assembly is not confined: 'movq' uses registers as an address; use memory operands, or begin reviewed assembly with MEMSENTRY_REVIEWED_ASM [-Wmemsentry-asm]
    asm volatile("movq %1, (%0)" : : "r"(p), "r"(v) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' uses registers as an address
    asm volatile("nop\n\tmovq %1, 8(%%rdi,%0,4)" : : "r"(p), "r"(v) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' uses registers as an address
    asm volatile("movq %1, %a0" : : "r"(p), "r"(v) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' uses registers as an address
    asm volatile("movq %1, %0" : : "p"(p), "r"(v) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' uses registers as an address
    asm volatile("movq %%fs:%1, %0" : "=r"(v) : "m"(*p));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'mov' uses registers as an address
    asm volatile(".intel_syntax noprefix\n mov [rdi], rax\n .att_syntax" : : "D"(p), "a"(v));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' uses registers as an address
    asm volatile("{movq|mov} {%1, (%0)|[%0], %1}" : : "r"(p), "r"(v) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'btsl' goes as far from its memory operand as its other operand says
    asm volatile("lock; btsl %1, %0" : "+m"(*p) : "Ir"((int)v));
    asm volatile("lock; btsl %1, %0" : "+m"(*p) : "Ir"(3));
}

void implicit(char *p, long n)
{
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'stosb' goes where its registers point
    asm volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(0) : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movsq' goes where its registers point
    asm volatile("cld\n1: rep; movsq" : "+D"(p), "+S"(p), "+c"(n) : : "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'syscall' hands registers to the kernel
    asm volatile("syscall" : "+a"(n) : "D"(0), "S"(p) : "rcx", "r11", "memory");
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'pushq' uses the stack
    asm volatile("pushq %0; popq %0" : "+r"(n));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'call' leaves for code that nobody checks
    asm volatile("call *%0" : : "r"(p));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'movq' changes the stack pointer or a segment
    asm volatile("movq %0, %%rsp" : : "r"(p));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'wrfsbase' changes a segment's base
    asm volatile("wrfsbase %0" : : "r"(p));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'wrpkru' changes registers that confinement may rest on
    asm volatile("wrpkru" : : "a"(0), "c"(0), "d"(0));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'xrstor' changes registers that confinement may rest on
    asm volatile("xrstor %0" : : "m"(*p), "a"(-1), "d"(-1));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'maskmovdqu' accesses memory that no operand names
    asm volatile("maskmovdqu %%xmm0, %%xmm1" : : "D"(p));
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'.byte' may stand for any instruction
    asm volatile(".byte 0xaa" : "+D"(p));
    register char *stack asm("rsp") = p;
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'register variable' changes the stack pointer or a segment
    asm volatile("" : : "r"(stack));
}

__attribute__((naked)) void bare(void)
{
    // CHECK: [[#@LINE+1]]:{{[0-9]+}}: warning: {{.*}}'ret' leaves for code that nobody checks
    asm("ret");
}

long quiet(long *p, long v, double d)
{
    long other;
    asm volatile("" : : : "memory");
    asm volatile("" : "+r"(p));
    asm volatile("# (%0)" : : "r"(p));
    asm volatile("movq %1, %0" : "=m"(*p) : "r"(v));
    asm volatile("lock; cmpxchgq %2, %1" : "+a"(v), "+m"(*p) : "r"(v) : "memory");
    asm volatile("rep; nop");
    asm volatile("pause; mfence; rdtsc" : : : "rax", "rdx");
    asm("leaq 8(%1,%1,4), %0" : "=r"(other) : "r"(v));
    asm("bsrq %1, %0; popcntq %0, %0; rep bsfq %0, %0" : "+r"(other) : "r"(v));
    asm("movq %%rsp, %0; movq %%fs:0, %0" : "=r"(other));
    asm("movq quiet(%%rip), %0" : "=r"(other));
    asm("fstp %%st(1)" : "+t"(d));
    asm("btq %1, %0" : "+r"(v) : "r"(other));
    asm("movsd %1, %0; cpuid" : "=x"(d) : "m"(*p) : "eax", "ebx", "ecx", "edx");
    asm("movslq %k1, %0; movl $(1 << 3), %k0" : "=r"(other) : "r"(v));
    asm("prefetchnta %a0" : : "r"(p));
    asm("leaq %1, %0" : "=r"(other) : "p"(p));
    asm volatile(".pushsection .note.probe, \"a\"; .long 1f - ., %c0; .popsection; 1:" : : "i"(3));
    asm goto("jmp %l0" : : : : out);
out:
    asm volatile(MEMSENTRY_REVIEWED_ASM "rep stosb" : "+D"(p), "+c"(v) : "a"(0) : "memory");
    return other + v + (long)d;
}

MEMSENTRY_NO_SANITIZE void reviewed(long *p)
{
    asm volatile("movq $0, (%0)" : : "r"(p) : "memory");
}
