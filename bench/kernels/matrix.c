/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Matrices as arrays of pointers to rows: products and a decomposition. */
#include "../work.h"

enum { SIZE = 96 };

static double **make(void)
{
    double **rows = malloc(SIZE * sizeof *rows);

    if (!rows)
        exit(1);
    for (int i = 0; i < SIZE; i++) {
        rows[i] = calloc(SIZE, sizeof **rows);
        if (!rows[i])
            exit(1);
    }
    return rows;
}

static void multiply(double **to, double **a, double **b)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            double sum = 0;

            for (int k = 0; k < SIZE; k++)
                sum += a[i][k] * b[k][j];
            to[i][j] = sum;
        }
}

/* Crout's, in place; the diagonal is large enough to do without pivots. */
static void decompose(double **a)
{
    for (int k = 0; k < SIZE; k++)
        for (int i = k + 1; i < SIZE; i++) {
            a[i][k] /= a[k][k];
            for (int j = k + 1; j < SIZE; j++)
                a[i][j] -= a[i][k] * a[k][j];
        }
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    double **a = make(), **b = make(), **c = make();

    for (int round = 0; round < 5 * amount; round++) {
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) {
                a[i][j] = (double)(next_random(&state) % 1000) / 1000;
                b[i][j] = (double)((i * j + round) % 17) / 17;
            }
        multiply(c, a, b);
        for (int i = 0; i < SIZE; i++)
            c[i][i] += 100 * SIZE;
        decompose(c);
        for (int i = 0; i < SIZE; i++)
            sum = mix(sum, (uint64_t)(c[i][SIZE - 1 - i] * 1e6));
    }
    return print_checksum(sum);
}
