/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Quicksort of records by a comparison that is called, and of numbers by one that is not. */
#include "../work.h"

enum { COUNT = 20000 };

struct record {
    uint64_t key;
    uint32_t second, third;
};

typedef int comparison(const void *, const void *);

static int by_key(const void *left, const void *right)
{
    const struct record *a = left, *b = right;

    return a->key < b->key ? -1 : a->key > b->key;
}

static int by_second(const void *left, const void *right)
{
    const struct record *a = left, *b = right;

    if (a->second != b->second)
        return a->second < b->second ? -1 : 1;
    return by_key(left, right);
}

static void exchange(struct record *a, struct record *b)
{
    struct record keep = *a;

    *a = *b;
    *b = keep;
}

static void sort_records(struct record *records, long count, comparison *compare)
{
    while (count > 1) {
        struct record pivot = records[count / 2];
        long low = 0, high = count - 1;

        while (low <= high) {
            while (compare(&records[low], &pivot) < 0)
                low++;
            while (compare(&records[high], &pivot) > 0)
                high--;
            if (low <= high)
                exchange(&records[low++], &records[high--]);
        }
        sort_records(records, high + 1, compare);
        records += low;
        count -= low;
    }
}

static void sort_numbers(uint32_t *numbers, long count)
{
    for (long i = count / 2; i > 0; i /= 2)
        for (long j = i; j < count; j++) {
            uint32_t number = numbers[j];
            long k = j;

            for (; k >= i && numbers[k - i] > number; k -= i)
                numbers[k] = numbers[k - i];
            numbers[k] = number;
        }
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    static comparison *volatile comparisons[] = {by_key, by_second};
    uint64_t state = 1, sum = 0;
    struct record *records = malloc(COUNT * sizeof *records);
    uint32_t *numbers = malloc(COUNT * sizeof *numbers);

    if (!records || !numbers)
        return 1;
    for (int round = 0; round < (amount + 1) / 2; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            records[i].key = next_random(&state);
            records[i].second = (uint32_t)(next_random(&state) % 1000);
            numbers[i] = (uint32_t)next_random(&state);
        }
        sort_records(records, COUNT, comparisons[0]);
        sum = mix(sum, records[COUNT / 3].key);
        sort_records(records, COUNT, comparisons[1]);
        sum = mix(sum, records[COUNT / 3].key);
        sort_numbers(numbers, COUNT);
        sum = mix(sum, numbers[COUNT / 3]);
    }
    return print_checksum(sum);
}
