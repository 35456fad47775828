/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The backends and defenses of the SDK's lists, as the driver sees them. */
#include "tables.h"

#include <string.h>

const struct backend backends[BACKENDS] = {
#define MEMSENTRY_BACKEND(name, macro, kind, built, cpu, summary)                              \
    {#name, #macro, KIND_##kind, built, CPU_##cpu, summary},
#include "memsentry/backends.def"
};

const struct defense defenses[DEFENSES] = {
#define MEMSENTRY_DEFENSE(name, id, needs, built, mode, summary)                               \
    {name, #id, NEEDS_##needs, built, MODE_##mode, summary},
#include "memsentry/defenses.def"
};

const char *const mode_names[] = {[MODE_R] = "r", [MODE_W] = "w", [MODE_RW] = "rw"};

const char *const proof_names[] = {
    [PROOF_ERROR] = "error",
    [PROOF_WARN] = "warn",
    [PROOF_OFF] = "off",
};

bool defense_is_prebuilt(const char *name)
{
    for (size_t i = 0; i < DEFENSES; i++)
        if (strcmp(name, defenses[i].name) == 0)
            return true;
    return false;
}

const char *backend_list(struct pool *pool, enum defense_needs needs, bool only_built)
{
    const char *list = "";

    for (size_t i = 0; i < BACKENDS; i++)
        if ((!only_built || backends[i].built) &&
            (needs == NEEDS_ANY || (int)backends[i].kind == (int)needs))
            list = pool_format(pool, "%s%s%s", list, list[0] == '\0' ? "" : ", ",
                               backends[i].name);
    return list;
}
