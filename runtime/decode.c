/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sizes of x86-64 memory operands; see decode.h. */
#include "decode.h"

#include <stdbool.h>

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
