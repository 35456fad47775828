/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * MEMSENTRY_OPTIONS: words that a run of a hardened program is given by its environment.
 */
#ifndef RUNTIME_OPTIONS_H
#define RUNTIME_OPTIONS_H

#include <stdbool.h>

#include "text.h"

struct options {
#define MEMSENTRY_OPTION(name, kind, summary) uint32_t name;
#include "options.def"
};

/* What holds where nothing is said. */
#define OPTIONS_DEFAULT ((struct options){.log_fd = 2})

/*
 * Reads "name=value:name=value" into `options`, which has the defaults. On a mistake returns
 * false with a message in `error`: an option that was meant to tighten must not be lost in
 * silence.
 */
bool options_parse(struct options *options, const char *string, struct text *error);

/* What the options are, for help=1. */
void options_help(struct text *text);

#endif
