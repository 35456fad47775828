/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* memsentry_status, see memsentry-runtime.h. */
#include <errno.h>
#include <string.h>

#include "backends/backend.h"
#include "memsentry-runtime.h"
#include "start.h"
#include "visibility.h"

static const uint32_t kinds[] = {
    [BACKEND_ADDRESS] = MEMSENTRY_KIND_ADDRESS,
    [BACKEND_DOMAIN] = MEMSENTRY_KIND_DOMAIN,
    [BACKEND_HIDING] = MEMSENTRY_KIND_HIDING,
};

static uint32_t what_holds(void)
{
    const enum backend_kind kind = CONFIG->backend->kind;
    uint32_t holds = 0;
    if (kind != BACKEND_HIDING)
        holds |= MEMSENTRY_HOLDS_DETERMINISTIC;
    if (CONFIG->sealed)
        holds |= MEMSENTRY_HOLDS_SEALED;
    if (CONFIG->arena_mode == ARENA_GUARD_PAGES)
        holds |= MEMSENTRY_HOLDS_GUARD_PAGES;
    if (CONFIG->safe_stacks)
        holds |= MEMSENTRY_HOLDS_STACKS;
    if (CONFIG->key == 0 || CONFIG->gates_preserve)
        holds |= MEMSENTRY_HOLDS_KEYS_FREE;
    return holds;
}

EXPORT int memsentry_status(struct memsentry_status *status)
{
    /* Not instrumented: what an attacker makes of the pointer must not lead to a region. */
    if ((uint64_t)status < MEMSENTRY_SPLIT)
        return -EFAULT;
    runtime_ensure_started();
    struct memsentry_status known = {
        .size = sizeof known,
        .kind = kinds[CONFIG->backend->kind],
        .confines = (CONFIG->reads ? MEMSENTRY_CONFINES_READS : 0) |
                    (CONFIG->writes ? MEMSENTRY_CONFINES_WRITES : 0),
        .holds = what_holds(),
    };
    strncpy(known.backend, CONFIG->backend->name, sizeof known.backend - 1);
    if (status->size < sizeof known)
        return -EINVAL;
    memcpy(status, &known, sizeof known);
    return 0;
}
