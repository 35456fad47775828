/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Atomic operations without contention: counters, locks, exchanges, a stack without locks. */
#include <stdatomic.h>
#include <stdbool.h>

#include "../work.h"

enum { PLACES = 1 << 10, STEPS = 30000 };

struct account {
    atomic_flag locked;
    uint64_t balance;
};

struct node {
    struct node *next;
    uint64_t value;
};

static void push(struct node *_Atomic *top, struct node *node)
{
    node->next = atomic_load_explicit(top, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(top, &node->next, node))
        ;
}

static struct node *pop(struct node *_Atomic *top)
{
    struct node *node = atomic_load(top);

    while (node && !atomic_compare_exchange_weak(top, &node, node->next))
        ;
    return node;
}

static void deposit(struct account *account, uint64_t value)
{
    while (atomic_flag_test_and_set_explicit(&account->locked, memory_order_acquire))
        ;
    account->balance += value;
    atomic_flag_clear_explicit(&account->locked, memory_order_release);
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    _Atomic uint64_t *counters = calloc(PLACES, sizeof *counters);
    struct account *accounts = calloc(PLACES, sizeof *accounts);
    struct node *nodes = calloc(PLACES, sizeof *nodes);
    struct node *_Atomic top = NULL;

    if (!counters || !accounts || !nodes)
        return 1;
    for (size_t i = 0; i < PLACES; i++)
        push(&top, &nodes[i]);
    for (int round = 0; round < 8 * amount; round++) {
        for (int i = 0; i < STEPS; i++) {
            size_t place = next_random(&state) % PLACES;
            struct node *node = pop(&top);

            atomic_fetch_add_explicit(&counters[place], place, memory_order_relaxed);
            atomic_fetch_xor(&counters[PLACES - 1 - place], 0x55);
            deposit(&accounts[place], (uint64_t)i);
            node->value += atomic_exchange(&counters[place / 2], node->value);
            push(&top, node);
        }
        sum = mix(sum, accounts[round % PLACES].balance + nodes[PLACES - 1].value);
    }
    for (size_t i = 0; i < PLACES; i++)
        sum = mix(sum, counters[i]);
    return print_checksum(sum);
}
