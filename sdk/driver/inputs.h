/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Whether what is linked fits together: the notes of the objects against the options. */
#ifndef MEMSENTRY_DRIVER_INPUTS_H
#define MEMSENTRY_DRIVER_INPUTS_H

#include "request.h"

/*
 * Reads the objects, archives and libraries of `request`, which has a backend. Returns 0, or
 * -EINVAL with request->error set, or -ENOMEM. Sets request->uninstrumented where there is
 * something to warn of.
 */
int inputs_check(struct pool *pool, struct request *request);

#endif
