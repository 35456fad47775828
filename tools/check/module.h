/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What protects one file: a program, a library, an object or an archive. */
#ifndef MEMSENTRY_CHECK_MODULE_H
#define MEMSENTRY_CHECK_MODULE_H

#include "note.h"
#include "pool.h"

enum module_kind { MODULE_PROGRAM, MODULE_LIBRARY, MODULE_OBJECTS };
enum relro { RELRO_NONE, RELRO_PARTIAL, RELRO_FULL };
/* SELF: it is the runtime. */
enum runtime { RUNTIME_NONE, RUNTIME_SHARED, RUNTIME_STATIC, RUNTIME_SELF, RUNTIME_UNKNOWN };
enum protection { PROTECTION_FULL, PROTECTION_PARTIAL, PROTECTION_NONE };

struct module {
    const char *path;
    enum module_kind kind;
    size_t instrumented;   /* objects with a note */
    bool units_known;      /* not so where symbols were stripped */
    size_t uninstrumented; /* objects with code and without a note */
    struct note note;      /* of the first; backend NULL when there is none */

    /* Of a program or a library. */
    bool position_independent;
    enum relro relro;
    bool bind_now;
    enum runtime runtime;

    struct strings missing; /* in words; empty when nothing is */
    enum protection protection;
};

/*
 * Looks at the file `path`, which is to be shown as `name`. Returns 0, -errno where it cannot
 * be read, -ENOEXEC where it is no ELF file and no archive, or -ENOMEM.
 */
int module_read(struct pool *pool, const char *path, const char *name, struct module *module);

#endif
