/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is known of functions outside the program: facts that several parts of the plugin share.
 */
#ifndef MEMSENTRY_CALLS_H
#define MEMSENTRY_CALLS_H

enum length_kind {
    LENGTH_OPEN,   /* not stated */
    LENGTH_BYTES,  /* argument a */
    LENGTH_TIMES,  /* the product of arguments a and b */
    LENGTH_SCALED, /* argument a times b */
    LENGTH_UP_TO,  /* a */
    LENGTH_REST,   /* not stated; this argument and all that follow */
    LENGTH_FORMAT, /* as before, each as the format in argument a says */
    LENGTH_HANDLE, /* not stated; the pointer may come as an integer */
};

struct external_argument {
    unsigned mode; /* of enum access_mode; 0 ends the list */
    unsigned argument;
    enum length_kind kind;
    unsigned a, b;
};

#define EXTERNAL_ARGUMENTS_MAX 6

struct external_call {
    const char *name;
    struct external_argument arguments[EXTERNAL_ARGUMENTS_MAX + 1];
};

/* A call that is sent to a function of the runtime instead, which checks what it points to. */
struct nested_call {
    const char *name;
    unsigned mode;      /* accesses that need it */
    unsigned arguments; /* of a variadic function, that the runtime's reads */
};

/* The line of external_calls.def or nested_calls.def for a function, or NULL. */
const struct external_call *external_call_find(const char *name);
const struct nested_call *nested_call_find(const char *name);

#endif
