/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of information hiding: regions lie at random places, and nothing else is
 * done. A baseline to compare the others with; the tables that say where the regions are lie at
 * the same addresses as ever.
 */
#include "backend.h"

#include "../die.h"
#include "../kernel.h"

/* Of an odd number modulo 2^64; each step doubles the bits that are right, three at first. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t result = odd;
    for (int bits = 3; bits < 64; bits *= 2)
        result *= 2 - odd * result;
    return result;
}

static void start(struct config *config)
{
    uint64_t random[2];
    if (kernel_random(random, sizeof random) != 0) {
        struct text text = {0};
        text_put(&text, "memsentry: error: the kernel has no random numbers for the places of "
                        "the safe regions");
        refuse(&text);
    }
    config->placement = (struct placement){
        .half_factor = random[0] >> 1,
        .half_inverse = inverse(random[0] | 1) >> 1,
        .offset = random[1],
    };
}

BACKEND(hide, .remark = "regions at random places, not protected", .start = start);
