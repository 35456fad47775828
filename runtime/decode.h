/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the instruction at a faulting pc does: for words in a report, nothing else. All read at
 * most 15 bytes at `code`.
 */
#ifndef RUNTIME_DECODE_H
#define RUNTIME_DECODE_H

#include <stdbool.h>
#include <stdint.h>

/* How many bytes it moves; 0 when the instruction is none of the common moves. */
unsigned decode_access_size(const uint8_t *code);

/* Registers by their numbers in instructions. */
struct operand {
    unsigned base;
    int index; /* -1: none */
    unsigned scale;
    int32_t distance;
    bool write;
};

/* Whether it is a common move from or to memory whose address is relative to a register. */
bool decode_operand(const uint8_t *code, struct operand *operand);

/*
 * The number of the register that is compared with the lower bound in bnd0, as compiled checks
 * do it; -1 for any other instruction. *length is set when it is one.
 */
int decode_bound_check(const uint8_t *code, unsigned *length);

#endif
