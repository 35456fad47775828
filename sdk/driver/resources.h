/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the parts are that the driver hands to clang: beside an installed driver, or in a
 * build. */
#ifndef MEMSENTRY_DRIVER_RESOURCES_H
#define MEMSENTRY_DRIVER_RESOURCES_H

#include "request.h"

struct resources {
    const char *plugin;              /* memsentry.so */
    const char *start;               /* libmemsentry_start.a */
    const char *defenses[DEFENSES];  /* libmemsentry_<id>.a, for an executable */
    const char *libraries[DEFENSES]; /* libmemsentry_<id>_library.a, for a shared library */
    const char *runtime;             /* libmemsentry_rt.so */
    const char *runtime_static;      /* libmemsentry_rt_static.a */
    const char *malloc;              /* libmemsentry_malloc.so */
    const char *malloc_static;       /* libmemsentry_malloc_static.a */
    const char *runtime_dir;
    const char *plugin_id; /* NULL until it is asked for */
    const char *lld;       /* of the LLVM that the plugin is for */
    const char *headers;   /* the directory of memsentry-runtime.h */
};

/*
 * Finds them from the path of the driver's own executable. Returns 0, -errno where that path
 * cannot be resolved, or -ENOMEM. Whether the files exist is resources_check()'s question.
 */
int resources_find(struct pool *pool, const char *self, struct resources *resources);

/*
 * Sets plugin_id to a name for the contents of the plugin, and of the defenses that it loads
 * and their options, so that what one plugin made is not taken for the work of another. Returns
 * 0, -EIO, or -ENOMEM.
 */
int resources_identify_plugin(struct pool *pool, const struct request *request,
                              struct resources *resources);

/* The first file that `request` needs and that cannot be read, or NULL. */
const char *resources_missing(const struct resources *resources, const struct request *request);

#endif
