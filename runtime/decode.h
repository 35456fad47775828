/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How many bytes the instruction at a faulting pc moves: for a word in a report, nothing else.
 */
#ifndef RUNTIME_DECODE_H
#define RUNTIME_DECODE_H

#include <stdint.h>

/* 0 when the instruction is none of the common moves. Reads at most 15 bytes at `code`. */
unsigned decode_access_size(const uint8_t *code);

#endif
