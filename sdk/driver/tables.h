/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The backends and defenses of the SDK's lists, as the driver sees them. */
#ifndef MEMSENTRY_DRIVER_TABLES_H
#define MEMSENTRY_DRIVER_TABLES_H

#include <stdbool.h>

#include "pool.h"

enum backend_kind { KIND_ADDRESS, KIND_DOMAIN, KIND_HIDING };

/* What a defense needs; ANY is no kind of backend. */
enum defense_needs { NEEDS_ADDRESS = KIND_ADDRESS, NEEDS_DOMAIN = KIND_DOMAIN, NEEDS_ANY = -1 };

enum cpu_feature {
    CPU_NONE,
    CPU_MPX,
    CPU_PKU,
    CPU_AVX512_AES,
    CPU_VMX,
    CPU_SMAP,
    CPU_FEATURES
};

/* Which accesses instrumentation confines. */
enum mode { MODE_R, MODE_W, MODE_RW };

/* What becomes of an access that is not proved to be confined. */
enum proof { PROOF_ERROR, PROOF_WARN, PROOF_OFF };

struct backend {
    const char *name;
    const char *macro;
    enum backend_kind kind;
    bool built;
    enum cpu_feature cpu;
    const char *summary;
};

struct defense {
    const char *name;
    const char *id;
    enum defense_needs needs;
    bool built;
    enum mode mode;
    const char *summary;
};

enum {
#define MEMSENTRY_BACKEND(name, macro, kind, built, cpu, summary) BACKEND_##name,
#include "memsentry/backends.def"
    BACKENDS
};

enum {
#define MEMSENTRY_DEFENSE(name, id, needs, built, mode, summary) DEFENSE_##id,
#include "memsentry/defenses.def"
    DEFENSES
};

extern const struct backend backends[BACKENDS];
extern const struct defense defenses[DEFENSES];
extern const char *const mode_names[];
extern const char *const proof_names[];

/* Whether a defense is one of them. */
bool defense_is_prebuilt(const char *name);

/* "sfi, mpx": the backends that fit, all or only those of this build. */
const char *backend_list(struct pool *pool, enum defense_needs needs, bool only_built);

#endif
