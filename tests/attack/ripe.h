/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The matrix of attacks of ripe.c, after RIPE (Wilander, Nikiforakis, Younan, Kamkar, Joosen:
 * "RIPE: Runtime Intrusion Prevention Evaluator", ACSAC 2011): where the buffer lies, what is
 * to be overwritten, how it is reached, and by what.
 */
#ifndef ATTACK_RIPE_H
#define ATTACK_RIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum location { STACK, HEAP, BSS, DATA, LOCATIONS };
enum target {
    RETURN_ADDRESS,
    BASE_POINTER,
    FUNCTION_LOCAL,
    FUNCTION_PARAMETER,
    FUNCTION_IN_STRUCT,
    JUMP_LOCAL,
    JUMP_PARAMETER,
    JUMP_ELSEWHERE,
    TARGETS
};
enum technique { DIRECT, INDIRECT, TECHNIQUES };
enum means { MEMCPY, STRCPY, STRCAT, SPRINTF, SSCANF, LOOP, ATOMIC, MEANS };

static const char *const location_names[] = {"stack", "heap", "bss", "data"};
static const char *const target_names[] = {
    "return_address",     "base_pointer", "function_local", "function_parameter",
    "function_in_struct", "jump_local",   "jump_parameter", "jump_elsewhere"};
static const char *const technique_names[] = {"direct", "indirect"};
static const char *const means_names[] = {"memcpy", "strcpy", "strcat", "sprintf",
                                          "sscanf", "loop",   "atomic"};

struct attack {
    enum location location;
    enum target target;
    enum technique technique;
    enum means means;
};

/* What is next to the buffer can be reached by running over its end. */
static inline bool attack_exists(const struct attack *attack)
{
    switch (attack->target) {
    case RETURN_ADDRESS:
    case BASE_POINTER:
    case JUMP_LOCAL:
        return attack->technique == INDIRECT || attack->location == STACK;
    case FUNCTION_LOCAL:
    case FUNCTION_PARAMETER:
        return attack->technique == INDIRECT;
    case JUMP_PARAMETER:
    case FUNCTION_IN_STRUCT:
        return true;
    default:
        return attack->location != STACK;
    }
}

/* The attack with that number; false beyond the last. */
static inline bool attack_of(int number, struct attack *attack)
{
    for (int i = 0; i < LOCATIONS * TARGETS * TECHNIQUES * MEANS; i++) {
        const struct attack one = {
            .location = (enum location)(i % LOCATIONS),
            .target = (enum target)(i / LOCATIONS % TARGETS),
            .technique = (enum technique)(i / LOCATIONS / TARGETS % TECHNIQUES),
            .means = (enum means)(i / LOCATIONS / TARGETS / TECHNIQUES),
        };
        if (!attack_exists(&one) || number-- != 0)
            continue;
        *attack = one;
        return true;
    }
    return false;
}

#endif
