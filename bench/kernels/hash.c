/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A hash table of strings with chains, beside one of numbers with open addresses. */
#include <string.h>

#include "../work.h"

enum { BUCKETS = 1 << 12, ENTRIES = 1 << 13, SLOTS = 1 << 15, STEPS = 20000 };

struct entry {
    struct entry *next;
    uint64_t count;
    char key[24];
};

static struct entry *buckets[BUCKETS];
static struct entry *entries;
static size_t used;
static uint64_t *slots;

static struct entry *find(const char *key)
{
    uint32_t hash = 2166136261u;
    struct entry *entry, **bucket;

    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619;
    bucket = &buckets[hash % BUCKETS];
    for (entry = *bucket; entry; entry = entry->next)
        if (strcmp(entry->key, key) == 0)
            return entry;
    entry = &entries[used++ % ENTRIES];
    strcpy(entry->key, key);
    entry->next = *bucket;
    return *bucket = entry;
}

/* How many steps until the number, or a place for it, was found. */
static uint64_t insert(uint64_t number)
{
    size_t at = (number * 0x9e3779b97f4a7c15u) >> 49;
    uint64_t steps = 1;

    while (slots[at % SLOTS] != 0 && slots[at % SLOTS] != number) {
        at++;
        steps++;
    }
    slots[at % SLOTS] = number;
    return steps;
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;

    entries = calloc(ENTRIES, sizeof *entries);
    slots = calloc(SLOTS, sizeof *slots);
    if (!entries || !slots)
        return 1;
    for (int round = 0; round < 4 * amount; round++) {
        for (int i = 0; i < STEPS; i++) {
            uint64_t number = next_random(&state) % (ENTRIES - 1) + 1;
            char key[24];
            size_t length = 0;

            for (uint64_t rest = number * 7919; rest > 0; rest /= 16)
                key[length++] = "0123456789abcdef"[rest % 16];
            key[length] = 0;
            find(key)->count++;
            sum += insert(number + (uint64_t)(i % 2) * ENTRIES);
        }
        sum = mix(sum, entries[(size_t)round % used].count);
    }
    return print_checksum(sum);
}
