/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Copying: words backwards, records by an index, and what becomes memcpy. */
#include <string.h>

#include "../work.h"

enum { WORDS = 1 << 15, RECORDS = 1 << 11 };

struct record {
    uint64_t key;
    uint32_t parts[12];
};

static void reverse(uint64_t *restrict to, const uint64_t *restrict from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = from[count - 1 - i];
}

static void permute(struct record *restrict to, const struct record *restrict from,
                    const uint32_t *restrict order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = from[order[i]];
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    uint64_t *a = malloc(WORDS * sizeof *a), *b = malloc(WORDS * sizeof *b);
    struct record *r = calloc(RECORDS, sizeof *r), *s = calloc(RECORDS, sizeof *s);
    uint32_t *order = malloc(RECORDS * sizeof *order);

    if (!a || !b || !r || !s || !order)
        return 1;
    for (size_t i = 0; i < WORDS; i++)
        a[i] = next_random(&state);
    for (size_t i = 0; i < RECORDS; i++) {
        r[i].key = next_random(&state);
        order[i] = (uint32_t)(i * 1021 % RECORDS);
    }
    for (int round = 0; round < 150 * amount; round++) {
        size_t some = WORDS - next_random(&state) % 512;

        reverse(b, a, some);
        memcpy(a + next_random(&state) % 64, b, (some - 64) * sizeof *a);
        permute(s, r, order, RECORDS);
        permute(r, s, order, RECORDS);
        r[round % RECORDS].parts[round % 12] = (uint32_t)a[some / 2];
    }
    for (size_t i = 0; i < WORDS; i++)
        sum = mix(sum, a[i]);
    for (size_t i = 0; i < RECORDS; i++)
        sum = mix(sum, r[i].key + r[i].parts[i % 12]);
    return print_checksum(sum);
}
