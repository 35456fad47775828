/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Finds a backend by its name, and refuses for one; see backend.h. */
#include <string.h>

#include "backend.h"

#include "../die.h"

/* What is not built has no struct. */
#define DECLARE_0(name)
#define DECLARE_1(name) extern const struct backend backend_##name;
#define MEMSENTRY_BACKEND(name, MACRO, kind, built, cpu, summary) DECLARE_##built(name)
#include "memsentry/backends.def"

#define ADDRESS_0(name) NULL
#define ADDRESS_1(name) &backend_##name

static const struct {
    const char *name;
    const struct backend *backend;
} table[] = {
#define MEMSENTRY_BACKEND(name, MACRO, kind, built, cpu, summary)                              \
    {#name, ADDRESS_##built(name)},
#include "memsentry/backends.def"
};

const struct backend *backend_find(const char *name, bool *known)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        *known = true;
        return table[i].backend;
    }
    *known = false;
    return NULL;
}

const struct backend *backend_default(void)
{
    return table[0].backend;
}

void backend_refuse(const char *name, const char *why, const char *mend)
{
    struct text text = {0};
    text_put(&text, "memsentry: error: the program is built with '-fmemsentry=");
    text_put(&text, name);
    text_put(&text, "', and ");
    text_put(&text, why);
    text_put(&text, "; ");
    text_put(&text, mend);
    text_put(&text, ", or build it with '-fmemsentry=sfi'");
    refuse(&text);
}
