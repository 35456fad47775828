/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * MEMSENTRY_OPTIONS: words that a run of a hardened program is given by its environment.
 */
#ifndef RUNTIME_OPTIONS_H
#define RUNTIME_OPTIONS_H

#include <stdbool.h>

#include "text.h"

struct options {
#define MEMSENTRY_OPTION(name, summary) bool name;
#include "options.def"
};

/*
 * Reads "name=value:name=value" with values 0 and 1. On a mistake returns false with a message
 * in `error`: an option that was meant to tighten must not be lost in silence.
 */
bool options_parse(struct options *options, const char *string, struct text *error);

/* What the options are, for help=1. */
void options_help(struct text *text);

#endif
