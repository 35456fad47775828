/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of a backend: one struct of operations, NULL for what does not apply.
 */
#ifndef RUNTIME_BACKEND_H
#define RUNTIME_BACKEND_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "../control.h"

enum backend_kind { BACKEND_ADDRESS, BACKEND_DOMAIN, BACKEND_HIDING };

struct backend {
    const char *name;
    enum backend_kind kind;
    /* What keeps the regions, for the line at start-up. */
    const char *remark;
    /*
     * Makes sure that the process can have it, and refuses to start where it cannot. Fills in
     * its part of the configuration, which has the mode.
     */
    void (*start)(struct config *config);
    /*
     * Gives memory that the backend protects these rights (PROT_*), and the backend's own mark.
     * 0 or a negative errno.
     */
    int (*protect)(uint64_t start, uint64_t size, int protection);
    /*
     * After that memory has been marked: whether the mark keeps it. Refuses where it does not.
     */
    void (*verify)(void);
    /*
     * Opens and closes the domain for the calling thread. What the runtime does to regions, and
     * to tables of its own that are protected like them, lies between the two. Nothing is
     * nested, and whoever called the runtime finds the domain closed. leave() also gives a
     * thread or a signal handler what it starts with. Async-signal-safe.
     */
    void (*enter)(void);
    void (*leave)(void);
    /*
     * Gives a signal handler, before anything else, what the kernel took from it and what the
     * interrupted code has in `frame`, a ucontext_t. Async-signal-safe.
     */
    void (*resume)(const void *frame);
    /*
     * Copies contents of regions to regions, or between them and ordinary memory, while the
     * domain is open. NULL where memory is what it looks like. Zeroes always are: memory that
     * holds nothing else reads as zeroes.
     */
    void (*copy)(void *to, const void *from, size_t size);
    /*
     * Whether a fault at `address` may be an access that compiled code has confined, and then
     * the address that the program meant. Async-signal-safe.
     */
    bool (*unconfine)(uint64_t address, uint64_t *meant);
    /*
     * Whether a fault is a check of compiled code that an address did not pass, and then the
     * register with that address (its number in instructions) and where the next instruction
     * is. Async-signal-safe.
     */
    bool (*stopped)(const siginfo_t *info, const ucontext_t *context, unsigned *number,
                    uint64_t *next);
    /* Whether a fault is an access to protected memory, made from outside. Async-signal-safe.
     */
    bool (*denied)(const siginfo_t *info);
};

/* The runtime's backends, by the one list; NULL for one of this name that is not built. */
const struct backend *backend_find(const char *name, bool *known);
/* That of a program in which nothing says. */
const struct backend *backend_default(void);

/*
 * Ends the start of a program that is built for a backend: why it cannot have it, and what can
 * be done.
 */
_Noreturn void backend_refuse(const char *name, const char *why, const char *mend);

/* `backend_<name>`, with the members that are given. */
#define BACKEND(name_, ...)                                                                    \
    extern const struct backend backend_##name_;                                               \
    const struct backend backend_##name_ = {.name = #name_, .kind = KIND_##name_, __VA_ARGS__}

#define MEMSENTRY_BACKEND(name, MACRO, kind, built, cpu, summary) KIND_##name = BACKEND_##kind,
enum {
#include "memsentry/backends.def"
};

static inline void backend_enter(void)
{
    if (CONFIG->backend->enter != NULL)
        CONFIG->backend->enter();
}

static inline void backend_leave(void)
{
    if (CONFIG->backend->leave != NULL)
        CONFIG->backend->leave();
}

static inline void backend_resume(const void *frame)
{
    if (CONFIG->backend->resume != NULL)
        CONFIG->backend->resume(frame);
}

#endif
