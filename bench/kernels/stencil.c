/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Five points of a grid of numbers, and the neighbours of a grid of cells that live or die. */
#include <string.h>

#include "../work.h"

static void relax(float *restrict to, const float *restrict from, size_t width, size_t height)
{
    for (size_t y = 1; y + 1 < height; y++)
        for (size_t x = 1; x + 1 < width; x++) {
            size_t at = y * width + x;

            to[at] = 0.2f * (from[at] + from[at - 1] + from[at + 1] + from[at - width] +
                             from[at + width]);
        }
}

static void live(unsigned char *to, const unsigned char *from, int width, int height)
{
    for (int y = 1; y + 1 < height; y++)
        for (int x = 1; x + 1 < width; x++) {
            int neighbours = 0;

            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    neighbours += from[(y + dy) * width + x + dx];
            neighbours -= from[y * width + x];
            to[y * width + x] = neighbours == 3 || (neighbours == 2 && from[y * width + x]);
        }
}

int main(int argc, char **argv)
{
    enum { WIDTH = 256, HEIGHT = 256, CELLS = WIDTH * HEIGHT };
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    float *a = calloc(CELLS, sizeof *a), *b = calloc(CELLS, sizeof *b);
    unsigned char *c = calloc(CELLS, 1), *d = calloc(CELLS, 1);

    if (!a || !b || !c || !d)
        return 1;
    for (size_t i = 0; i < CELLS; i++) {
        a[i] = b[i] = (float)(next_random(&state) % 1000);
        c[i] = next_random(&state) % 3 == 0;
    }
    for (int round = 0; round < 10 * amount; round++) {
        relax(b, a, WIDTH, HEIGHT);
        relax(a, b, WIDTH, HEIGHT);
        live(d, c, WIDTH, HEIGHT);
        live(c, d, WIDTH, HEIGHT);
    }
    for (size_t i = 0; i < CELLS; i++)
        sum = mix(sum, (uint64_t)(a[i] * 1000) + c[i]);
    return print_checksum(sum);
}
