/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A linked list, scattered over memory: sorted by merging, reversed, searched, cut and spliced.
 */
#include "../work.h"

enum { NODES = 1 << 14 };

struct node {
    struct node *next;
    uint64_t key;
};

static struct node *merge(struct node *a, struct node *b)
{
    struct node *head = NULL, **end = &head;

    while (a && b) {
        struct node **least = a->key <= b->key ? &a : &b;

        *end = *least;
        end = &(*end)->next;
        *least = *end;
    }
    *end = a ? a : b;
    return head;
}

static struct node *sort(struct node *list)
{
    struct node *slow = list, *fast;

    if (!list || !list->next)
        return list;
    for (fast = list->next; fast && fast->next; fast = fast->next->next)
        slow = slow->next;
    fast = slow->next;
    slow->next = NULL;
    return merge(sort(list), sort(fast));
}

static struct node *reverse(struct node *list)
{
    struct node *reversed = NULL;

    while (list) {
        struct node *next = list->next;

        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

static uint64_t walk(const struct node *list)
{
    uint64_t sum = 0;

    for (; list; list = list->next)
        sum = mix(sum, list->key);
    return sum;
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    struct node *nodes = malloc(NODES * sizeof *nodes), *list = NULL;

    if (!nodes)
        return 1;
    for (size_t i = 0; i < NODES; i++) {
        struct node *node = &nodes[i * 5003 % NODES];

        node->key = next_random(&state);
        node->next = list;
        list = node;
    }
    for (int round = 0; round < 2 * amount; round++) {
        list = sort(list);
        sum = mix(sum, walk(list));
        list = reverse(list);
        sum = mix(sum, walk(list));
        for (struct node *node = list; node; node = node->next)
            node->key = next_random(&state);
    }
    return print_checksum(sum);
}
