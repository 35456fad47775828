/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * qsort and qsort_r. libc's have a spare array on their frame, which the comparison function is
 * handed pointers into. This one is stable as libc's is, which programs have come to rely on.
 */
#include "sort.h"

#include <errno.h>
#include <stdlib.h>

#include "../fault.h"
#include "ordinary.h"

/* A larger spare array comes from malloc. */
#define SPARE_ON_STACK 4096

struct sorting {
    size_t size;
    int (*compare)(const void *, const void *);
    int (*compare_r)(const void *, const void *, void *); /* instead, unless NULL */
    void *argument;
    char *spare; /* half as many elements as there are */
};

static int compare(const struct sorting *s, const char *a, const char *b)
{
    return s->compare_r != NULL ? s->compare_r(a, b, s->argument) : s->compare(a, b);
}

static void move(const struct sorting *s, char *to, const char *from)
{
    if (s->size == sizeof(uint64_t))
        memcpy(to, from, sizeof(uint64_t));
    else if (s->size == sizeof(uint32_t))
        memcpy(to, from, sizeof(uint32_t));
    else
        memcpy(to, from, s->size);
}

/* Merges two sorted runs, the second of which ends where the whole does. */
static void merge(const struct sorting *s, char *low, char *middle, const char *end)
{
    const char *left = s->spare, *left_end = s->spare + (middle - low);
    const char *right = middle;
    memcpy(s->spare, low, (size_t)(middle - low));
    while (left < left_end && right < end) {
        if (compare(s, left, right) <= 0) {
            move(s, low, left);
            left += s->size;
        } else {
            move(s, low, right);
            right += s->size;
        }
        low += s->size;
    }
    memcpy(low, left, (size_t)(left_end - left));
}

static void merge_sort(const struct sorting *s, char *low, size_t count)
{
    if (count < 2)
        return;
    char *middle = low + count / 2 * s->size;
    merge_sort(s, low, count / 2);
    merge_sort(s, middle, count - count / 2);
    if (compare(s, middle - s->size, middle) > 0)
        merge(s, low, middle, low + count * s->size);
}

static void swap(const struct sorting *s, char *a, char *b)
{
    for (size_t i = 0; i < s->size; i++) {
        char byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

static void sift_down(const struct sorting *s, char *base, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        char *larger = base + child * s->size;
        if (child + 1 < count && compare(s, larger, larger + s->size) < 0) {
            larger += s->size;
            child++;
        }
        if (compare(s, base + root * s->size, larger) >= 0)
            return;
        swap(s, base + root * s->size, larger);
    }
}

/* Where there is no memory: not stable, but that is libc's answer too. */
static void heap_sort(const struct sorting *s, char *base, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift_down(s, base, root, count);
    for (size_t last = count; last-- > 1;) {
        swap(s, base, base + last * s->size);
        sift_down(s, base, 0, last);
    }
}

static void sort_any(struct sorting *s, void *array, size_t count)
{
    char *const base = ordinary(array);
    size_t total;
    if (count < 2 || s->size == 0)
        return;
    if (__builtin_mul_overflow(count, s->size, &total))
        total = UINT64_MAX;
    if (total > MEMSENTRY_GUARD_REACH)
        __memsentry_length_trap(array, total);

    size_t spare = count / 2 * s->size;
    if (spare <= SPARE_ON_STACK && isolated() != NULL) {
        void *before;
        s->spare = unsafe_push(spare, &before);
        merge_sort(s, base, count);
        unsafe_pop(before);
        return;
    }
    const int saved = errno;
    void *memory = malloc(spare);
    errno = saved;
    s->spare = ordinary(memory);
    if (s->spare == NULL) {
        heap_sort(s, base, count);
        return;
    }
    merge_sort(s, base, count);
    free(memory);
}

void sort(void *base, size_t count, size_t size,
          int (*compare_elements)(const void *, const void *))
{
    struct sorting s = {.size = size, .compare = compare_elements};
    sort_any(&s, base, count);
}

CALLBACK(void, qsort, void *base, size_t count, size_t size,
         int (*compare_elements)(const void *, const void *))
{
    sort(base, count, size, compare_elements);
}

CALLBACK(void, qsort_r, void *base, size_t count, size_t size,
         int (*compare_elements)(const void *, const void *, void *), void *argument)
{
    struct sorting s = {.size = size, .compare_r = compare_elements, .argument = argument};
    sort_any(&s, base, count);
}
