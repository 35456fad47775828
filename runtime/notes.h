/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ELF notes that instrumented objects carry, see MEMSENTRY_NOTE_SECTION in memsentry/abi.h:
 * how they are found in a segment, and what their text says.
 */
#ifndef RUNTIME_NOTES_H
#define RUNTIME_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct note {
    char backend[16];
    bool reads, writes; /* which accesses are confined: mode r, w or rw */
    bool preserve;      /* gates keep the rights of other protection keys */
};

/* False when `length` bytes of text are not what this version writes. */
bool note_parse(const char *text, size_t length, struct note *note);

/*
 * Calls `visit` for the text, without the zero byte at its end, of every note of ours among the
 * `size` bytes of a note segment, until it returns false. Returns whether it never did.
 */
bool notes_visit(const void *segment, size_t size,
                 bool (*visit)(const char *text, size_t length, void *closure), void *closure);

#endif
