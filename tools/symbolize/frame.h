/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The lines of a report that name a place in a file, taken apart. */
#ifndef MEMSENTRY_SYMBOLIZE_FRAME_H
#define MEMSENTRY_SYMBOLIZE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *     #0 0x00005581a2b3c4d5 (/path/app+0x14d5) (BuildId: 0123abcd)
 * SUMMARY: MemSentry: blocked-write (/path/app+0x14d5) (BuildId: 0123abcd)
 */
struct frame {
    bool numbered;   /* a line with #, not the summary */
    unsigned number; /* behind the # */
    size_t place;    /* index of the parenthesis before the path */
    size_t pc;       /* index of the address, in a numbered line */
    const char *path;
    size_t path_length;
    uint64_t offset;
    const char *build_id; /* hexadecimal; NULL when the line has none */
    size_t build_id_length;
};

/* False when `line` is something else, or is resolved already. Pointers are into `line`. */
bool frame_parse(const char *line, struct frame *frame);

/* Where to look: a return address lies behind its call, maybe on another line. */
uint64_t frame_lookup_offset(const struct frame *frame);

#endif
