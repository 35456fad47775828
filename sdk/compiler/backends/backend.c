/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The table of backends, made from backends.def. */
#include "backend.h"

#include <stddef.h>
#include <string.h>

/* Declares the struct of operations of every backend that is built. */
#define BUILT_0(name)
#define BUILT_1(name) extern const struct backend backend_##name;
#define MEMSENTRY_BACKEND(name, MACRO, kind, built, cpu, summary) BUILT_##built(name)
#include <memsentry/backends.def>
#undef BUILT_0
#undef BUILT_1

#define BUILT_0(name) NULL
#define BUILT_1(name) &backend_##name
static const struct {
    const char *name;
    const struct backend *backend;
} backends[] = {
#define MEMSENTRY_BACKEND(name, MACRO, kind, built, cpu, summary) {#name, BUILT_##built(name)},
#include <memsentry/backends.def>
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct backend *backend_find(const char *name, unsigned long length)
{
    for (size_t i = 0; i < COUNT(backends); i++) {
        if (strlen(backends[i].name) == length && !memcmp(backends[i].name, name, length))
            return backends[i].backend;
    }
    return NULL;
}

const struct backend *backend_for_masks(void)
{
    for (size_t i = 0; i < COUNT(backends); i++) {
        if (backends[i].backend && backends[i].backend->mask)
            return backends[i].backend;
    }
    return NULL;
}

bool backend_is_known(const char *name)
{
    for (size_t i = 0; i < COUNT(backends); i++) {
        if (!strcmp(backends[i].name, name))
            return true;
    }
    return false;
}
