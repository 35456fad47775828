/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is in the files that a linker reads: objects, archives of them, shared libraries. */
#ifndef MEMSENTRY_DRIVER_OBJECTS_H
#define MEMSENTRY_DRIVER_OBJECTS_H

#include "pool.h"

enum object_kind { OBJECT_RELOCATABLE, OBJECT_LINKED, OBJECT_BITCODE };

struct object {
    const char *path;
    const char *member; /* of the archive `path`, or NULL */
    enum object_kind kind;
    bool has_code;
    struct strings notes; /* the text of each note of MemSentry, in order */
};

typedef void object_visitor(void *context, const struct object *object);

/*
 * Calls `visit` for `path`, or for each member where it is an archive. What a linker would read
 * as something else, or complain about, is passed over. Returns 0, -errno where the file cannot
 * be read, or -ENOMEM. The strings live as long as the pool.
 */
int objects_visit(struct pool *pool, const char *path, object_visitor *visit, void *context);

/* "libx.a(y.o)" */
const char *object_name(struct pool *pool, const struct object *object);

#endif
