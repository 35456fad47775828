/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Allocation as programs do it: search trees that grow and die, strings that are joined. */
#include <string.h>

#include "../work.h"

enum { KEYS = 2000, STRINGS = 200 };

struct node {
    struct node *left, *right;
    char *name;
    uint64_t key;
};

static void *allocate(size_t size)
{
    void *block = malloc(size);

    if (!block)
        exit(1);
    return block;
}

static void insert(struct node **tree, uint64_t key)
{
    size_t length = 8 + key % 90;

    while (*tree) {
        if ((*tree)->key == key)
            return;
        tree = key < (*tree)->key ? &(*tree)->left : &(*tree)->right;
    }
    *tree = allocate(sizeof **tree);
    (*tree)->left = (*tree)->right = NULL;
    (*tree)->key = key;
    (*tree)->name = allocate(length + 1);
    memset((*tree)->name, 'a' + (int)(key % 26), length);
    (*tree)->name[length] = 0;
}

static uint64_t destroy(struct node *tree)
{
    uint64_t sum;

    if (!tree)
        return 0;
    sum = mix(destroy(tree->left), tree->key + (unsigned char)tree->name[3]);
    sum = mix(sum, destroy(tree->right));
    free(tree->name);
    free(tree);
    return sum;
}

static uint64_t join(uint64_t *state)
{
    char *all = NULL;
    size_t length = 0;
    uint64_t sum;

    for (int i = 0; i < STRINGS; i++) {
        size_t more = next_random(state) % 64 + 1;
        char *longer = realloc(all, length + more);

        if (!longer)
            exit(1);
        all = longer;
        memset(all + length, 'a' + i % 26, more);
        length += more;
    }
    sum = mix(length, (unsigned char)all[length / 2]);
    free(all);
    return sum;
}

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;

    for (int round = 0; round < 15 * amount; round++) {
        struct node *tree = NULL;

        for (int i = 0; i < KEYS; i++)
            insert(&tree, next_random(&state) % (4 * KEYS));
        sum = mix(sum, destroy(tree));
        sum = mix(sum, join(&state));
    }
    return print_checksum(sum);
}
