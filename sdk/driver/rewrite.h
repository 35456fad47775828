/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From a request that passed its checks to the arguments of clang. */
#ifndef MEMSENTRY_DRIVER_REWRITE_H
#define MEMSENTRY_DRIVER_REWRITE_H

#include "request.h"
#include "resources.h"

/* Appends clang's arguments, without its name, to `out`. Returns 0 or -ENOMEM. */
int rewrite(struct pool *pool, const struct request *request, const struct resources *resources,
            struct strings *out);

#endif
