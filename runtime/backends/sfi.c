/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The run-time half of software fault isolation: undoing the mask, for reports. */
#include "backend.h"

#include "memsentry/layout.h"

static bool unconfine(uint64_t address, uint64_t *meant)
{
    const bool guard = address >= MEMSENTRY_SPLIT && address < MEMSENTRY_UPPER_GUARD_END;
    const bool alias = address >= MEMSENTRY_ALIAS_START && address < MEMSENTRY_ALIAS_END;
    *meant = address & ~MEMSENTRY_SPLIT;
    return guard || alias;
}

BACKEND(sfi, .unconfine = unconfine);
