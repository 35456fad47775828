/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ftw, nftw and fts: walks through a tree of files. The functions that these call get no
 * argument of their own, so the slot of the thread remembers what the program gave.
 */
#include <fts.h>
#include <ftw.h>
#include <sys/stat.h>

#include "ordinary.h"

/* On the frame of the walk, while it lasts. */
struct walk {
    __ftw_func_t ftw;
    __nftw_func_t nftw;
    int (*order)(const FTSENT **, const FTSENT **);
};

struct copies {
    struct stat status;
    struct FTW position;
};

static int visit(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    struct slot *slot = stack_current();
    const struct walk *walk = slot->callback;
    void *before;
    struct copies *copies = unsafe_push(sizeof *copies, &before);
    copies->status = *status;
    if (position != NULL)
        copies->position = *position;
    int result = walk->nftw != NULL ? walk->nftw(path, &copies->status, kind, &copies->position)
                                    : walk->ftw(path, &copies->status, kind);
    unsafe_pop(before);
    /* A walk inside the function may have been left by longjmp. */
    slot->callback = walk;
    return result;
}

static int visit_plain(const char *path, const struct stat *status, int kind)
{
    return visit(path, status, kind, NULL);
}

static const void *begin(struct slot *slot, const struct walk *walk)
{
    const void *before = slot->callback;
    slot->callback = walk;
    return before;
}

CALLBACK(int, nftw, const char *path, __nftw_func_t function, int descriptors, int flags)
{
    struct slot *slot = isolated();
    if (slot == NULL)
        return nftw(path, function, descriptors, flags);
    const struct walk walk = {.nftw = function};
    const void *before = begin(slot, &walk);
    int result = nftw(ordinary(path), visit, descriptors, flags);
    slot->callback = before;
    return result;
}

CALLBACK(int, ftw, const char *path, __ftw_func_t function, int descriptors)
{
    struct slot *slot = isolated();
    if (slot == NULL)
        return ftw(path, function, descriptors);
    const struct walk walk = {.ftw = function};
    const void *before = begin(slot, &walk);
    int result = ftw(ordinary(path), visit_plain, descriptors);
    slot->callback = before;
    return result;
}

CALLBACK_64(int, nftw64, nftw, const char *, __nftw_func_t, int, int);
CALLBACK_64(int, ftw64, ftw, const char *, __ftw_func_t, int);

/* libc sorts with a spare array on its frame. */
static int order(const FTSENT **a, const FTSENT **b)
{
    struct slot *slot = stack_current();
    const struct walk *walk = slot->callback;
    void *before;
    const FTSENT **copies = unsafe_push(2 * sizeof *copies, &before);
    copies[0] = *a;
    copies[1] = *b;
    int result = walk->order(&copies[0], &copies[1]);
    unsafe_pop(before);
    slot->callback = walk;
    return result;
}

/* What the program's function is in the stream between calls. */
union order_function {
    int (*typed)(const FTSENT **, const FTSENT **);
    int (*stored)(const void *, const void *);
};

CALLBACK(FTS *, fts_open, char *const *paths, int options,
         int (*given)(const FTSENT **, const FTSENT **))
{
    struct slot *slot = isolated();
    paths = ordinary(paths);
    if (slot == NULL || given == NULL)
        return fts_open(paths, options, given);
    const struct walk walk = {.order = given};
    const void *before = begin(slot, &walk);
    FTS *stream = fts_open(paths, options, order);
    slot->callback = before;
    if (stream != NULL)
        ((FTS *)ordinary(stream))->fts_compar = ((union order_function){.typed = given}).stored;
    return stream;
}

static FTSENT *next(FTS *stream, bool children, int instructions)
{
    return children ? fts_children(stream, instructions) : fts_read(stream);
}

static FTSENT *next_in_order(FTS *stream, bool children, int instructions)
{
    struct slot *slot = isolated();
    stream = ordinary(stream);
    const union order_function given = {.stored = stream->fts_compar};
    if (slot == NULL || given.stored == NULL)
        return next(stream, children, instructions);
    const struct walk walk = {.order = given.typed};
    const void *before = begin(slot, &walk);
    stream->fts_compar = ((union order_function){.typed = order}).stored;
    FTSENT *entry = next(stream, children, instructions);
    stream->fts_compar = given.stored;
    slot->callback = before;
    return entry;
}

CALLBACK(FTSENT *, fts_read, FTS *stream)
{
    return next_in_order(stream, false, 0);
}

CALLBACK(FTSENT *, fts_children, FTS *stream, int instructions)
{
    return next_in_order(stream, true, instructions);
}

CALLBACK_64(FTS *, fts64_open, fts_open, char *const *, int,
            int (*)(const FTSENT **, const FTSENT **));
CALLBACK_64(FTSENT *, fts64_read, fts_read, FTS *);
CALLBACK_64(FTSENT *, fts64_children, fts_children, FTS *, int);
