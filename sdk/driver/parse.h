/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the files that read the command line share among themselves. */
#ifndef MEMSENTRY_DRIVER_PARSE_H
#define MEMSENTRY_DRIVER_PARSE_H

#include "request.h"

enum kind { FLAG, JOINED, SEPARATE };

enum action {
    ACTION_BACKEND,
    ACTION_NO_MEMSENTRY,
    ACTION_RW,
    ACTION_PROOF,
    ACTION_SECTION,
    ACTION_IGNORELIST,
    ACTION_VERIFY,
    ACTION_NO_VERIFY,
    ACTION_MPK_PRESERVE,
    ACTION_BENCHDOMAIN,
    ACTION_BENCHDOMAIN_FILE,
    ACTION_NO_MPK_PRESERVE,
    ACTION_MALLOC,
    ACTION_NO_MALLOC,
    ACTION_DEFENSE,
    ACTION_DEFENSE_ARGUMENT,
    ACTION_PRINT_BACKENDS,
    ACTION_MISSPELT,
    ACTION_WARNING_OPTION,
    ACTION_QUIET_UNUSED,
    ACTION_NO_WARNINGS,
    ACTION_COLOUR_ALWAYS,
    ACTION_COLOUR_NEVER,
    ACTION_COLOUR_AUTO,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_VERBOSE,
    ACTION_SANITIZE,
    ACTION_NO_SANITIZE,
    ACTION_TARGET,
    ACTION_FRONT_END,
    ACTION_LANGUAGE,
    ACTION_LIBRARY_DIR,
    ACTION_LIBRARY,
    ACTION_LINKER_INPUT,
    ACTION_LINKER_WORDS,
    ACTION_SHARED,
    ACTION_LTO,
    ACTION_NO_LTO,
    ACTION_LINKER,
    ACTION_STATIC_PIE,
    ACTION_RELOCATABLE,
    ACTION_NO_LINK,
    ACTION_PIC,
    ACTION_CONFLICT,
    ACTION_VALUE, /* of an option that takes_value[] lists */
};

struct parser {
    struct pool *pool;
    struct request *request;
    bool headers;  /* -x names a kind of header */
    bool language; /* -x names something */
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Keeps the first message, and returns -EINVAL. */
int parse_fail(struct parser *parser, const char *message);

/* One of MemSentry's own options. Returns 0 or -EINVAL. */
int parse_own(struct parser *parser, enum action action, const char *argument,
              const char *value);

/* The value of -fsanitize= (on) or -fno-sanitize=. */
void parse_sanitizers(struct parser *parser, const char *value, bool on);

/* -W, -Wno-, -Werror= and -Wno-error= of the warnings that the driver itself gives. */
void parse_warning(struct request *request, const char *argument);

#endif
