/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Look-up in the tables of external functions. */
#include "calls.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "../config.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define R(...)                                                                                 \
    {                                                                                          \
        .mode = ACCESS_READ, .argument = __VA_ARGS__                                           \
    }
#define W(...)                                                                                 \
    {                                                                                          \
        .mode = ACCESS_WRITE, .argument = __VA_ARGS__                                          \
    }
#define U(...)                                                                                 \
    {                                                                                          \
        .mode = ACCESS_READ | ACCESS_WRITE, .argument = __VA_ARGS__                            \
    }
#define F(n, m)                                                                                \
    {                                                                                          \
        ACCESS_READ | ACCESS_WRITE, n, LENGTH_FORMAT, m, 0                                     \
    }
#define BYTES(n) LENGTH_BYTES, n, 0
#define TIMES(n, m) LENGTH_TIMES, n, m
#define SCALED(n, k) LENGTH_SCALED, n, k
#define UP_TO(k) LENGTH_UP_TO, k, 0
#define REST LENGTH_REST, 0, 0
#define HANDLE LENGTH_HANDLE, 0, 0

/* In this order the tables are searched; call_once sorts them. */
static struct external_call external_calls[] = {
#define EXTERNAL_CALL(name, ...) {#name, {__VA_ARGS__}},
#include "external_calls.def"
};

static struct nested_call nested_calls[] = {
#define NESTED_CALL(name, mode, arguments) {#name, mode, arguments},
#include "nested_calls.def"
};

/* A function has one line: a second one of the same name is not found. */
enum distinct {
#define EXTERNAL_CALL(name, ...) DISTINCT_##name,
#include "external_calls.def"
#define NESTED_CALL(name, mode, arguments) DISTINCT_##name,
#include "nested_calls.def"
};

static once_flag sorted = ONCE_FLAG_INIT;

/* Both structures start with the name. */
static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(void)
{
    qsort(external_calls, COUNT(external_calls), sizeof external_calls[0], compare);
    qsort(nested_calls, COUNT(nested_calls), sizeof nested_calls[0], compare);
}

const struct external_call *external_call_find(const char *name)
{
    call_once(&sorted, sort);
    return bsearch(&name, external_calls, COUNT(external_calls), sizeof external_calls[0],
                   compare);
}

const struct nested_call *nested_call_find(const char *name)
{
    call_once(&sorted, sort);
    return bsearch(&name, nested_calls, COUNT(nested_calls), sizeof nested_calls[0], compare);
}
