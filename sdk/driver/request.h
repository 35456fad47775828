/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the user asked for: the result of reading the command line, before anything is decided.
 */
#ifndef MEMSENTRY_DRIVER_REQUEST_H
#define MEMSENTRY_DRIVER_REQUEST_H

#include "pool.h"
#include "tables.h"

enum conflict {
#define CONFLICT_KIND(name, scope, reason) CONFLICT_##name,
#include "conflicts.def"
    CONFLICTS
};

/* What to do instead of running clang on inputs. */
enum task { TASK_RUN, TASK_HELP, TASK_VERSION, TASK_PRINT_BACKENDS };

enum colours { COLOURS_AUTO, COLOURS_ALWAYS, COLOURS_NEVER };

enum choice { CHOICE_OPEN, CHOICE_NO, CHOICE_YES };

/* The warnings that the driver itself gives; the last one is the plugin's. */
enum warning {
    WARNING_UNUSED,
    WARNING_NO_SAFESTACK,
    WARNING_UNINSTRUMENTED,
    WARNING_ASM,
    WARNINGS
};

extern const char *const warning_names[WARNINGS]; /* without -W */

/* Where -W and -Wno- and -Werror leave one warning. */
struct warning_state {
    enum choice shown;
    enum choice error;
};

struct request {
    enum task task;
    enum colours colours;

    const struct backend *backend; /* NULL: -fmemsentry is off */
    const char *backend_option;    /* as written, for diagnostics */
    bool off;                      /* -fno-memsentry had the last word */
    const char *mode_option;       /* NULL: the default */
    enum mode mode;
    enum proof proof;
    const char *section; /* NULL: the default */
    const char *ignorelist;
    bool no_verify;
    bool no_malloc;
    const char *mpk_preserve; /* as written, or NULL */
    const char *benchdomain;  /* the points, or NULL */
    const char *benchdomain_file;
    struct strings settings; /* options that mean nothing without -fmemsentry=, as written */

    const char *defense_options[DEFENSES]; /* as "-fsanitize=<name>"; NULL: off */
    /* Defenses of other authors: as written, and what defenses_read() found in the files. */
    struct strings defense_files;
    struct strings defense_arguments;
    struct strings defense_names;
    struct strings sanitizers;        /* the others that are on, as "-fsanitize=<name>" */
    const char *conflicts[CONFLICTS]; /* the option to blame, or NULL */

    bool has_inputs;
    bool has_link_inputs; /* an input that is not a header */
    bool no_link;         /* -c and the like */
    bool shared;
    const char *static_pie; /* as written, or NULL */
    const char *lto;        /* as written, or NULL */
    const char *lto_cache;  /* the directory that the linker is to use, or NULL */
    const char *linker;     /* the option that chooses it, as written, or NULL */
    bool relocatable;
    bool pic_chosen;
    bool verbose;
    bool quiet; /* -w */
    bool quiet_unused;
    enum choice all_errors; /* -Werror */
    struct warning_state warnings[WARNINGS];

    /* What the linker reads: files named, and what -L and -l say. */
    struct strings files;
    struct strings library_dirs;
    struct strings libraries;
    const char *uninstrumented; /* text of the warning, or NULL */

    /* The arguments without MemSentry's own options; and without its defenses as well. */
    struct strings stock;
    struct strings hardened;
    size_t hardened_options; /* how many of `hardened` come before a "--" */

    const char *error; /* the first one, or NULL */
};

/*
 * Reads `arguments` (without the program's name, response files expanded). Returns 0, -EINVAL
 * with request->error set, or -ENOMEM.
 */
int request_parse(struct pool *pool, const struct strings *arguments, struct request *request);

/* Looks for what cannot work. Returns as request_parse() does. */
int request_check(struct pool *pool, struct request *request);

/* Whether this call makes an executable, or a shared library, of inputs; or joins objects. */
bool request_links(const struct request *request);
bool request_joins(const struct request *request);
bool request_links_executable(const struct request *request);

/*
 * Whether the allocator is linked in: into executables only, which decide for their libraries.
 * Where a backend leaves ordinary accesses as they are, its metadata would not be out of reach.
 */
bool request_links_malloc(const struct request *request);

/* The mode that holds when the user chose none. */
enum mode request_mode(const struct request *request);

#endif
