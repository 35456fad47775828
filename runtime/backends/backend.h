/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of a backend: one struct of operations, NULL for what does not apply.
 */
#ifndef RUNTIME_BACKEND_H
#define RUNTIME_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

struct backend {
    const char *name;
    /*
     * Whether a fault at `address` may be an access that compiled code has confined, and then
     * the address that the program meant. Async-signal-safe.
     */
    bool (*unconfine)(uint64_t address, uint64_t *meant);
};

extern const struct backend backend_sfi;

#endif
