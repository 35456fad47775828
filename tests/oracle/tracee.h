/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A victim as its tracer sees it: started, stopped before its workload, read and written from
 * outside, and held once more before it is gone, however it ends.
 */
#ifndef ORACLE_TRACEE_H
#define ORACLE_TRACEE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "victim.h"

#define PAGE UINT64_C(4096)

struct tracee {
    pid_t pid;
    int status;     /* as waitpid has it, once it has ended */
    bool timed_out; /* held by us because it went on for too long */
    uint64_t lost;  /* where it was executing what is no code, 0 if it was not */
    struct victim self;
    char report[8192]; /* what it wrote to standard error */
};

enum event { EVENT_NONE, EVENT_ENDED };

/* Starts `program` with a workload, up to where it stops itself. False: it did not get there.
 */
bool tracee_start(struct tracee *tracee, const char *program, const char *workload);
void tracee_continue(struct tracee *tracee);
/* Passes signals on. After EVENT_ENDED the memory is still there. Does not block. */
enum event tracee_poll(struct tracee *tracee);
/* Ends a tracee that would go on for ever; its memory is still there afterwards. */
void tracee_hold(struct tracee *tracee);
/* Fills in the report; the process is gone afterwards. */
void tracee_finish(struct tracee *tracee);

/* All or nothing, within one page. */
bool tracee_read(const struct tracee *tracee, uint64_t address, void *buffer, size_t size);
bool tracee_write(const struct tracee *tracee, uint64_t address, const void *buffer,
                  size_t size);

/*
 * Calls `visit` for each page of [start, end) that is present. 0 or a negative errno: -ENOTTY
 * where the kernel cannot tell (before Linux 6.7).
 */
int tracee_pages(const struct tracee *tracee, uint64_t start, uint64_t end,
                 void (*visit)(void *closure, uint64_t page), void *closure);

#endif
