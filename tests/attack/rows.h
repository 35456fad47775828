/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Attacks that are rows of a table, each tried in several builds of its program. */
#ifndef ATTACK_ROWS_H
#define ATTACK_ROWS_H

#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "builds.h"
#include "run.h"

#define ROWS_MAX 64

struct parameter {
    int row;
    char build[8];
};

/* Every one of so many rows with each of the first so many builds. */
static inline struct criterion_test_params parameters_of(size_t rows, size_t builds_used)
{
    static struct parameter all[BUILDS * ROWS_MAX];
    for (size_t i = 0; i < builds_used * rows; i++) {
        all[i].row = (int)(i / builds_used);
        strcpy(all[i].build, builds[i % builds_used]);
    }
    return cr_make_param_array(struct parameter, all, builds_used * rows);
}

/* Runs the attack of that name. `kind` is "plain" or "hardened". */
static inline void run_attack(struct outcome *outcome, const char *program, const char *kind,
                              const char *build, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s-%s-%s", PROGRAM_DIR, program, kind, build);
    run(outcome, (char *[]){path, (char *)name, NULL}, NULL, 30);
}

#endif
