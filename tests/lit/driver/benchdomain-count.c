// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of two files counts in one place and prints once.
// RUN: %memsentry-clang -O1 -fmemsentry=hide -fmemsentry-benchdomain=icall -Xclang -mllvm -Xclang -memsentry-benchdomain-count -c %s -o %t.o
// RUN: %memsentry-clang -O1 -fmemsentry=hide -fmemsentry-benchdomain=icall -Xclang -mllvm -Xclang -memsentry-benchdomain-count -DOTHER -c %s -o %t.other.o
// RUN: %memsentry-clang -fmemsentry=hide %t.o %t.other.o -o %t
// RUN: %t 2>&1 | %FileCheck %s
// CHECK: {{^}}memsentry: benchdomain: 12 points{{$}}
// CHECK-NOT: points
void other(void (*volatile *called)(void));

#ifdef OTHER
void other(void (*volatile *called)(void))
{
    for (int i = 0; i < 5; i++)
        (*called)();
}
#else
static void nothing(void) {}
static void (*volatile called)(void) = nothing;

int main(void)
{
    for (int i = 0; i < 7; i++)
        called();
    other(&called);
    return 0;
}
#endif
