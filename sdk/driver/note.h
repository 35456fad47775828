/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The text of an object's note, see MEMSENTRY_NOTE_SECTION in memsentry/abi.h. */
#ifndef MEMSENTRY_DRIVER_NOTE_H
#define MEMSENTRY_DRIVER_NOTE_H

#include "pool.h"

struct note {
    unsigned long abi;
    const char *backend;
    const char *mode;
    const char *defenses; /* separated by commas; "-" for none */
    const char *gates;    /* NULL, or "preserve": of -fmemsentry-mpk-preserve */
    const char *compiler;
    const char *version;
};

/*
 * Reads "abi=1 backend=sfi ...": any order, unknown keys are for later versions. Returns 0,
 * -EINVAL when the text lacks one of abi, backend, mode and defenses, or -ENOMEM.
 */
int note_parse(struct pool *pool, const char *text, struct note *note);

/* The options that make such an object: "-fmemsentry=sfi -fmemsentry-rw=w -fsanitize=..." */
const char *note_options(struct pool *pool, const struct note *note);

#endif
