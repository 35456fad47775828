/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* glob: libc has the names of directories, and what stat is to fill in, on its frame. */
#include <glob.h>
#include <sys/stat.h>

#include "ordinary.h"

typedef int (*status_function)(const char *, struct stat *);

/* What the program gave, on the frame of the call while it lasts. */
struct matching {
    int (*error)(const char *, int);
    glob_t functions;
};

static const char *push_string(const char *string, void **before)
{
    size_t size = strlen(string) + 1;
    return memcpy(unsafe_push(size, before), string, size);
}

static int on_error(const char *path, int error)
{
    struct slot *slot = stack_current();
    const struct matching *matching = slot->callback;
    void *before;
    int result = matching->error(push_string(path, &before), error);
    unsafe_pop(before);
    slot->callback = matching;
    return result;
}

static void *open_directory(const char *path)
{
    struct slot *slot = stack_current();
    const struct matching *matching = slot->callback;
    void *before;
    void *directory = matching->functions.gl_opendir(push_string(path, &before));
    unsafe_pop(before);
    slot->callback = matching;
    return directory;
}

static int get_status(const char *path, struct stat *status, bool follow)
{
    struct slot *slot = stack_current();
    const struct matching *matching = slot->callback;
    void *before, *inner;
    const char *copied_path = push_string(path, &before);
    struct stat *copy = unsafe_push(sizeof *copy, &inner);
    *copy = *status;
    int result = follow ? matching->functions.gl_stat(copied_path, copy)
                        : matching->functions.gl_lstat(copied_path, copy);
    *status = *copy;
    unsafe_pop(before);
    slot->callback = matching;
    return result;
}

static int get_stat(const char *restrict path, struct stat *restrict status)
{
    return get_status(path, status, true);
}

static int get_lstat(const char *restrict path, struct stat *restrict status)
{
    return get_status(path, status, false);
}

CALLBACK(int, glob, const char *pattern, int flags, int (*error)(const char *, int),
         glob_t *result)
{
    struct slot *slot = isolated();
    if (slot == NULL)
        return glob(pattern, flags, error, result);
    result = ordinary(result);
    const struct matching matching = {.error = error, .functions = *result};
    const void *before = slot->callback;
    glob_t own = matching.functions;
    if ((flags & GLOB_ALTDIRFUNC) != 0) {
        own.gl_opendir = open_directory;
        own.gl_stat = get_stat;
        own.gl_lstat = get_lstat;
    }
    slot->callback = &matching;
    int status = glob(ordinary(pattern), flags, error != NULL ? on_error : NULL, &own);
    slot->callback = before;
    own.gl_opendir = matching.functions.gl_opendir;
    own.gl_stat = matching.functions.gl_stat;
    own.gl_lstat = matching.functions.gl_lstat;
    *result = own;
    return status;
}

CALLBACK_64(int, glob64, glob, const char *, int, int (*)(const char *, int), glob_t *);
