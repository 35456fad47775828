/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Bytes, one at a time: a text is made, folded, cut into words, packed and unpacked again. */
#include <string.h>

#include "../work.h"

enum { LENGTH = 1 << 16 };

static size_t fold(char *to, const char *from)
{
    char *start = to;

    for (; *from; from++) {
        char c = *from;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != ' ' || from[1] != ' ')
            *to++ = c;
    }
    *to = 0;
    return (size_t)(to - start);
}

static uint64_t words(char *text)
{
    uint64_t sum = 0, hash = 0;

    for (; *text; text++) {
        if (*text == ' ') {
            sum = mix(sum, hash);
            hash = 0;
            *text = '\n';
        } else {
            hash = hash * 31 + (unsigned char)*text;
        }
    }
    return mix(sum, hash);
}

/* Runs of a byte become the byte and how often it stands there. */
static size_t pack(unsigned char *to, const char *from, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length;) {
        size_t run = 1;

        while (i + run < length && run < 255 && from[i + run] == from[i])
            run++;
        to[used++] = (unsigned char)from[i];
        to[used++] = (unsigned char)run;
        i += run;
    }
    return used;
}

static size_t unpack(char *to, const unsigned char *from, size_t used)
{
    char *start = to;

    for (size_t i = 0; i < used; i += 2)
        for (unsigned run = from[i + 1]; run > 0; run--)
            *to++ = (char)from[i];
    return (size_t)(to - start);
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    char *text = malloc(LENGTH + 1), *folded = malloc(LENGTH + 1);
    unsigned char *packed = malloc(2 * LENGTH);

    if (!text || !folded || !packed)
        return 1;
    for (size_t i = 0; i < LENGTH; i++)
        text[i] = "  etaoinETAOIN shrdluzzz"[next_random(&state) % 24];
    text[LENGTH] = 0;
    for (int round = 0; round < 8 * amount; round++) {
        size_t length = fold(folded, text);

        sum = mix(sum, words(folded));
        sum = mix(sum, unpack(folded, packed, pack(packed, folded, length)));
        text[next_random(&state) % LENGTH] = 'Q';
    }
    return print_checksum(sum);
}
