/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Arrays: bases, indices, strides and lengths come out of memory that the oracle corrupts.
 */
#include <immintrin.h>
#include <stdarg.h>
#include <string.h>

#include "victim.h"

/* ---- sorting, by recursion and by sifting ---- */

static struct {
    int64_t *items;
    int64_t count;
} sorted;

static void sort_prepare(void)
{
    sorted.count = 96;
    sorted.items = oracle_allocate((size_t)sorted.count * sizeof *sorted.items);
}

static void exchange(int64_t *a, int64_t *b)
{
    int64_t kept = *a;
    *a = *b;
    *b = kept;
}

static void quicksort(int64_t low, int64_t high)
{
    if (low >= high)
        return;
    int64_t split = low;
    for (int64_t i = low; i < high; i++) {
        if (sorted.items[i] < sorted.items[high])
            exchange(&sorted.items[i], &sorted.items[split++]);
    }
    exchange(&sorted.items[split], &sorted.items[high]);
    quicksort(low, split - 1);
    quicksort(split + 1, high);
}

static void sift(int64_t at)
{
    while (2 * at + 1 < sorted.count) {
        int64_t child = 2 * at + 1;
        if (child + 1 < sorted.count && sorted.items[child + 1] > sorted.items[child])
            child++;
        exchange(&sorted.items[at], &sorted.items[child]);
        at = child;
    }
}

static void sort_step(void)
{
    for (int64_t i = 0; i < sorted.count; i++)
        sorted.items[i] = oracle_random();
    for (int64_t i = sorted.count / 2; i >= 0; i--)
        sift(i);
    quicksort(0, sorted.count - 1);
}

/* ---- a matrix whose shape lies beside it ---- */

struct matrix {
    double *cells;
    int64_t rows, columns, stride;
};

static struct matrix factors[3];

static void matrix_prepare(void)
{
    for (int i = 0; i < 3; i++) {
        factors[i] = (struct matrix){oracle_allocate(12 * 16 * sizeof(double)), 12, 12, 16};
        for (int j = 0; j < 12 * 16; j++)
            factors[i].cells[j] = j;
    }
}

static void matrix_step(void)
{
    struct matrix *out = &factors[2], *a = &factors[0], *b = &factors[1];
    for (int64_t i = 0; i < out->rows; i++) {
        for (int64_t j = 0; j < out->columns; j++) {
            out->cells[i * out->stride + j] = 0;
            for (int64_t k = 0; k < a->columns; k++)
                out->cells[i * out->stride + j] +=
                    a->cells[i * a->stride + k] * b->cells[k * b->stride + j];
        }
    }
}

/* ---- index arrays of every width: gathers and scatters where the processor has them ---- */

static struct {
    double *from, *to;
    int64_t *wide;
    int32_t *narrow;
    uint8_t *chosen;
    uint32_t count;
} stencil;

static void stencil_prepare(void)
{
    stencil.count = 64;
    stencil.from = oracle_allocate(64 * sizeof *stencil.from);
    stencil.to = oracle_allocate(64 * sizeof *stencil.to);
    stencil.wide = oracle_allocate(64 * sizeof *stencil.wide);
    stencil.narrow = oracle_allocate(64 * sizeof *stencil.narrow);
    stencil.chosen = oracle_allocate(64);
    for (int i = 0; i < 64; i++) {
        stencil.wide[i] = i * 7 % 64;
        stencil.narrow[i] = i * 5 % 64;
        stencil.chosen[i] = i % 3 == 0;
    }
}

__attribute__((noinline)) static void scatter(double *restrict to, const double *restrict from,
                                              const int64_t *restrict index, uint32_t count)
{
#pragma clang loop vectorize(assume_safety)
    for (uint32_t i = 0; i < count; i++)
        to[index[i]] = from[i];
}

__attribute__((noinline)) static void select_some(double *restrict to,
                                                  const double *restrict from,
                                                  const uint8_t *restrict chosen,
                                                  const int32_t *restrict index, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (chosen[i])
            to[i] = from[index[i]];
    }
}

static void stencil_step(void)
{
    scatter(stencil.to, stencil.from, stencil.wide, stencil.count);
    select_some(stencil.from, stencil.to, stencil.chosen, stencil.narrow, stencil.count);
    for (uint32_t i = 0; i < stencil.count; i++)
        stencil.to[stencil.narrow[i]] += stencil.from[stencil.wide[i]];
}

/* ---- strings: memcpy, memmove and memset, fixed sizes and lengths out of memory ---- */

static struct string {
    char *text;
    size_t length, room;
} strings[4];

static void string_prepare(void)
{
    for (int i = 0; i < 4; i++)
        strings[i] = (struct string){oracle_allocate(512), 32, 512};
}

static void append(struct string *to, const struct string *from)
{
    if (to->length + from->length > to->room)
        to->length = 16;
    memcpy(to->text + to->length, from->text, from->length);
    to->length += from->length;
}

static void string_step(void)
{
    uint32_t random = oracle_random();
    struct string *to = &strings[random % 4];
    append(to, &strings[random / 4 % 4]);
    memmove(to->text + random % 8, to->text, to->length / 2);
    memset(to->text + to->length / 2, 'x', to->length / 4);
    memcpy(to->text, "sixteen bytes...", 16);
    to->text[to->length] = 0;
    if (to->length > 200)
        to->length = 20;
}

/* ---- variable arguments: pointers in them, lists of them in ordinary memory ---- */

struct arguments {
    va_list list;
};

static struct arguments *saved;
static long *results;

static void arguments_prepare(void)
{
    saved = oracle_allocate(sizeof *saved);
    results = oracle_allocate(16 * sizeof *results);
}

__attribute__((noinline)) static void put_each(int count, ...)
{
    va_list list;
    va_start(list, count);
    va_copy(saved->list, list);
    for (int i = 0; i < count; i++)
        *va_arg(list, long *) += i;
    va_end(list);
    for (int i = 0; i < 3; i++)
        *va_arg(saved->list, long *) = i;
    va_end(saved->list);
}

static void arguments_step(void)
{
    long local[2] = {0, 0};
    put_each(8, &results[0], &results[1], &results[2], &local[0], &results[3], &results[4],
             &local[1], &results[5]);
    results[6] += local[0] + local[1];
}

/* ---- atomics, and every other width of a store ---- */

struct counters {
    uint64_t word;
    uint32_t half;
    uint8_t byte;
    long double extended;
    float single;
    unsigned bits : 5, more : 11;
    __int128 wide;
    __m128i vector;
};

static struct counters **counters;

static void atomics_prepare(void)
{
    counters = oracle_allocate(8 * sizeof *counters);
    for (int i = 0; i < 8; i++)
        counters[i] = oracle_allocate(sizeof **counters);
}

static void atomics_step(void)
{
    uint32_t random = oracle_random();
    struct counters *mine = counters[random % 8];
    uint64_t expected = __atomic_load_n(&mine->word, __ATOMIC_ACQUIRE);
    __atomic_compare_exchange_n(&mine->word, &expected, random, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_RELAXED);
    __atomic_fetch_add(&mine->word, 3, __ATOMIC_SEQ_CST);
    __atomic_fetch_xor(&mine->half, random, __ATOMIC_RELAXED);
    __atomic_exchange_n(&mine->byte, (uint8_t)random, __ATOMIC_ACQ_REL);
    mine = counters[random / 8 % 8];
    mine->extended += 1.5L;
    mine->single *= 0.5f;
    mine->bits++;
    mine->more += random;
    mine->wide -= random;
    _mm_stream_si128(&mine->vector, _mm_set1_epi32((int)random));
    __asm__("addl %1, %0" : "+m"(counters[random / 64 % 8]->single) : "r"(random));
}

/* ---- words carried from place to place by tables of pointers: the likeliest leak ---- */

#define CARRIED 64

static struct {
    const uint64_t *from[CARRIED];
    uint64_t *to[CARRIED];
} * carry;

static void carry_prepare(void)
{
    uint64_t *words = oracle_allocate(2 * CARRIED * sizeof *words);
    carry = oracle_allocate(sizeof *carry);
    for (int i = 0; i < CARRIED; i++) {
        carry->from[i] = &words[i * 7 % CARRIED];
        carry->to[i] = &words[CARRIED + i * 5 % CARRIED];
    }
}

static void carry_step(void)
{
    for (int i = 0; i < CARRIED; i++)
        *carry->to[i] = *carry->from[i];
}

const struct workload oracle_memory[] = {
    WORKLOAD(sort),      WORKLOAD(matrix),  WORKLOAD(stencil), WORKLOAD(string),
    WORKLOAD(arguments), WORKLOAD(atomics), WORKLOAD(carry),   {NULL, NULL, NULL}};
