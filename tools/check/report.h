/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The answer of memsentry-check, as text and as JSON. */
#ifndef MEMSENTRY_CHECK_REPORT_H
#define MEMSENTRY_CHECK_REPORT_H

#include <sys/types.h>

#include "module.h"
#include "process.h"

struct report {
    const char *target; /* as the user named it */
    pid_t process;      /* 0: a file */
    struct layout layout;
    struct module *modules; /* the program or the file first */
    size_t count;
    struct strings missing; /* of the process itself */
    enum protection protection;
};

extern const char *const protection_names[];
extern const char *const kind_names[];
extern const char *const relro_names[];
extern const char *const runtime_names[];

/* What the user passed is for people, with colours where they help. */
void report_text(const struct report *report, bool colours);

/* Returns 0, -ENOMEM, or -EIO. */
int report_json(const struct report *report);

#endif
