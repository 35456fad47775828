/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* x86-64 instructions that access memory; see decode.h. */
#include "decode.h"

#include <string.h>

struct prefixes {
    bool operand16, rep, repne, wide;
};

/* One-byte opcodes whose low bit tells byte from word: arithmetic, test, xchg, mov, shifts. */
static bool is_sized_by_low_bit(uint8_t opcode)
{
    return (opcode < 0x40 && (opcode & 7) < 4) || opcode == 0x80 || opcode == 0x81 ||
           (opcode >= 0x84 && opcode <= 0x8b) || opcode == 0xa4 || opcode == 0xa5 ||
           opcode == 0xaa || opcode == 0xab || opcode == 0xc0 || opcode == 0xc1 ||
           opcode == 0xc6 || opcode == 0xc7 || (opcode >= 0xd0 && opcode <= 0xd3) ||
           opcode == 0xf6 || opcode == 0xf7 || opcode == 0xfe || opcode == 0xff;
}

static unsigned word_size(const struct prefixes *prefixes)
{
    return prefixes->wide ? 8 : prefixes->operand16 ? 2 : 4;
}

/* Two-byte opcodes: SSE moves, sign and zero extensions, xadd and cmpxchg. */
static unsigned two_byte_size(uint8_t opcode, const struct prefixes *prefixes)
{
    switch (opcode) {
    case 0x10:
    case 0x11:
        return prefixes->rep ? 4 : prefixes->repne ? 8 : 16;
    case 0x12:
    case 0x13:
    case 0x16:
    case 0x17:
    case 0xd6:
        return 8;
    case 0x28:
    case 0x29:
    case 0x2b:
    case 0x6f:
    case 0x7f:
    case 0xe7:
        return 16;
    case 0x6e:
    case 0x7e:
        return prefixes->rep || prefixes->wide ? 8 : 4;
    case 0xb6:
    case 0xbe:
    case 0xb0:
    case 0xc0:
        return 1;
    case 0xb7:
    case 0xbf:
        return 2;
    case 0xb1:
    case 0xc1:
    case 0xc3:
        return word_size(prefixes);
    default:
        return 0;
    }
}

unsigned decode_access_size(const uint8_t *code)
{
    struct prefixes prefixes = {0};
    for (int i = 0; i < 4; i++, code++) {
        if (*code == 0x66)
            prefixes.operand16 = true;
        else if (*code == 0xf3)
            prefixes.rep = true;
        else if (*code == 0xf2)
            prefixes.repne = true;
        else if (*code != 0xf0)
            break;
    }
    /* VEX moves: the length bit tells 16 from 32 bytes. */
    if (code[0] == 0xc5 || code[0] == 0xc4) {
        const uint8_t last = code[0] == 0xc5 ? code[1] : code[2];
        const uint8_t opcode = code[0] == 0xc5 ? code[2] : code[3];
        prefixes.rep = (last & 3) == 2;
        prefixes.repne = (last & 3) == 3;
        prefixes.wide = code[0] == 0xc4 && (last & 0x80) != 0;
        unsigned size = two_byte_size(opcode, &prefixes);
        return size == 16 && (last & 4) != 0 ? 32 : size;
    }
    if ((*code & 0xf0) == 0x40)
        prefixes.wide = (*code++ & 8) != 0;
    if (*code == 0x0f)
        return two_byte_size(code[1], &prefixes);
    if (!is_sized_by_low_bit(*code))
        return 0;
    return (*code & 1) == 0 ? 1 : word_size(&prefixes);
}

/* ---- operands ---- */

struct opcode {
    const uint8_t *at; /* behind escapes */
    bool two_bytes, rep, base_extended, index_extended;
};

static struct opcode find_opcode(const uint8_t *code)
{
    struct opcode opcode = {.at = code};
    for (int i = 0; i < 4 && (*code == 0x66 || *code == 0xf3 || *code == 0xf2 || *code == 0xf0);
         i++, code++)
        opcode.rep = opcode.rep || *code == 0xf3;
    opcode.at = code;
    if (code[0] == 0xc5 || code[0] == 0xc4) {
        opcode.two_bytes = true;
        opcode.base_extended = code[0] == 0xc4 && (code[1] & 0x20) == 0;
        opcode.index_extended = code[0] == 0xc4 && (code[1] & 0x40) == 0;
        opcode.rep = ((code[0] == 0xc5 ? code[1] : code[2]) & 3) == 2;
        opcode.at = code + (code[0] == 0xc5 ? 2 : 3);
        return opcode;
    }
    if ((*opcode.at & 0xf0) == 0x40) {
        opcode.base_extended = (*opcode.at & 1) != 0;
        opcode.index_extended = (*opcode.at++ & 2) != 0;
    }
    if (*opcode.at == 0x0f) {
        opcode.two_bytes = true;
        opcode.at++;
    }
    return opcode;
}

static bool two_byte_writes(const struct opcode *opcode)
{
    switch (*opcode->at) {
    case 0x11:
    case 0x13:
    case 0x17:
    case 0x29:
    case 0x2b:
    case 0x7f:
    case 0xb0:
    case 0xb1:
    case 0xc0:
    case 0xc1:
    case 0xc3:
    case 0xd6:
    case 0xe7:
        return true;
    case 0x7e:
        return !opcode->rep;
    default:
        return false;
    }
}

static bool one_byte_writes(const struct opcode *opcode)
{
    const uint8_t code = *opcode->at;
    const unsigned operation = opcode->at[1] >> 3 & 7;
    if (code < 0x40)
        return (code & 7) < 2 && code < 0x38; /* but for cmp */
    if (code == 0x80 || code == 0x81 || code == 0x83)
        return operation != 7;
    if (code == 0xf6 || code == 0xf7)
        return operation >= 2 && operation < 4;
    if (code == 0xfe || code == 0xff)
        return operation < 2;
    return (code >= 0x86 && code <= 0x89) || code == 0xc6 || code == 0xc7 ||
           (code >= 0xc0 && code <= 0xc1) || (code >= 0xd0 && code <= 0xd3);
}

bool decode_operand(const uint8_t *code, struct operand *operand)
{
    const struct opcode opcode = find_opcode(code);
    /* String instructions have no operand to look at. */
    if (decode_access_size(code) == 0 ||
        (!opcode.two_bytes && *opcode.at >= 0xa4 && *opcode.at <= 0xab))
        return false;
    const uint8_t *at = opcode.at + 1;
    const unsigned mod = *at >> 6;
    *operand = (struct operand){.base = *at & 7, .index = -1};
    if (mod == 3 || (mod == 0 && operand->base == 5))
        return false;
    if (operand->base == 4) {
        at++;
        operand->base = *at & 7;
        operand->index = (*at >> 3 & 7) + (opcode.index_extended ? 8 : 0);
        operand->scale = 1u << (*at >> 6);
        if (mod == 0 && operand->base == 5)
            return false;
        if (operand->index == 4)
            operand->index = -1;
    }
    operand->base += opcode.base_extended ? 8 : 0;
    if (mod == 1)
        operand->distance = (int8_t)at[1];
    else if (mod == 2)
        memcpy(&operand->distance, at + 1, sizeof operand->distance);
    operand->write = opcode.two_bytes ? two_byte_writes(&opcode) : one_byte_writes(&opcode);
    return true;
}

int decode_bound_check(const uint8_t *code, unsigned *length)
{
    /* F3 [REX.B] 0F 1A, two registers: bnd0 and a general one. */
    if (*code++ != 0xf3)
        return -1;
    const bool extended = *code == 0x41;
    code += extended;
    if (code[0] != 0x0f || code[1] != 0x1a || (code[2] & 0xf8) != 0xc0)
        return -1;
    *length = extended ? 5 : 4;
    return (code[2] & 7) + (extended ? 8 : 0);
}
