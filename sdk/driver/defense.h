/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The defenses of other authors that -fmemsentry-defense= names. */
#ifndef MEMSENTRY_DRIVER_DEFENSE_H
#define MEMSENTRY_DRIVER_DEFENSE_H

#include "request.h"

/*
 * Reads the names of the defenses from their files, without loading them, and holds the options
 * that are meant for them against the names. Returns 0, or -EINVAL with request->error set, or
 * -ENOMEM. Sets request->defense_names.
 */
int defenses_read(struct pool *pool, struct request *request);

/* The archive of a defense's runtime, lib<name>_rt.a beside lib<name>.so; NULL without one. */
const char *defense_runtime(struct pool *pool, const char *file);

#endif
