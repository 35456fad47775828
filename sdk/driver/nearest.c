/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* "Did you mean": the nearest of some choices to what was written. */
#include "nearest.h"

#include <string.h>

/* Longer words are not worth a guess. */
#define MAX_LENGTH 63

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b)
{
    /* Three rows of the matrix of distances between prefixes, used in turn. */
    size_t rows[3][MAX_LENGTH + 1];
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);

    if (length_a > MAX_LENGTH || length_b > MAX_LENGTH)
        return length_a + length_b;
    for (size_t j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1,
                             above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

const char *nearest(const char *word, const char *const *choices, size_t count)
{
    /* A quarter of the word may be wrong, one letter of two or three, none of one. */
    size_t best = (strlen(word) + 2) / 4 + 1;
    const char *found = NULL;

    if (strlen(word) > MAX_LENGTH)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, choices[i]);

        if (distance < best) {
            best = distance;
            found = choices[i];
        }
    }
    return found;
}
