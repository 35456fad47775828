/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* scandir and scandirat: libc collects, this sorts. */
#include <dirent.h>
#include <fcntl.h>

#include "ordinary.h"
#include "sort.h"

typedef int (*entry_filter)(const struct dirent *);
typedef int (*entry_order)(const struct dirent **, const struct dirent **);

CALLBACK(int, scandirat, int directory, const char *path, struct dirent ***list,
         entry_filter filter, entry_order order)
{
    /* libc writes to our frame, not where the program's memory says. */
    struct dirent **found = NULL;
    const int count = scandirat(directory, ordinary(path), &found, filter, NULL);
    if (count < 0)
        return count;
    if (order != NULL) {
        union {
            entry_order given;
            int (*wanted)(const void *, const void *);
        } function = {.given = order};
        sort(found, (size_t)count, sizeof *found, function.wanted);
    }
    *(struct dirent ***)ordinary(list) = found;
    return count;
}

CALLBACK(int, scandir, const char *path, struct dirent ***list, entry_filter filter,
         entry_order order)
{
    return our_scandirat(AT_FDCWD, path, list, filter, order);
}

CALLBACK_64(int, scandirat64, scandirat, int, const char *, struct dirent ***, entry_filter,
            entry_order);
CALLBACK_64(int, scandir64, scandir, const char *, struct dirent ***, entry_filter,
            entry_order);
