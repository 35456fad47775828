/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* zmm16 to zmm31, and instructions for all of them. */
#ifndef TESTS_WIDE_H
#define TESTS_WIDE_H

#include <stdint.h>

enum { COUNT = 16, LANES = 8 };

struct registers {
    uint64_t lane[COUNT][LANES];
} __attribute__((aligned(64)));

#define EACH(X)                                                                                \
    X(16)                                                                                      \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define LOAD(n) "vmovdqu64 (" #n "-16)*64(%0), %%zmm" #n "\n\t"
#define STORE(n) "vmovdqu64 %%zmm" #n ", (" #n "-16)*64(%0)\n\t"

#endif
