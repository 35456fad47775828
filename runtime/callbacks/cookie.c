/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fopencookie: the position that a seek is to change is on libc's frame. The program's
 * functions are kept in ordinary memory, as libc keeps those that it is given.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ordinary.h"

struct stream {
    void *cookie;
    cookie_io_functions_t functions;
};

static struct stream *stream_of(void *cookie)
{
    return ordinary(cookie);
}

static ssize_t read_stream(void *cookie, char *buffer, size_t size)
{
    const struct stream *stream = stream_of(cookie);
    return stream->functions.read(stream->cookie, buffer, size);
}

static ssize_t write_stream(void *cookie, const char *buffer, size_t size)
{
    const struct stream *stream = stream_of(cookie);
    return stream->functions.write(stream->cookie, buffer, size);
}

static int seek_stream(void *cookie, off64_t *position, int whence)
{
    const struct stream *stream = stream_of(cookie);
    if (isolated() == NULL)
        return stream->functions.seek(stream->cookie, position, whence);
    void *before;
    off64_t *copy = unsafe_push(sizeof *copy, &before);
    *copy = *position;
    int result = stream->functions.seek(stream->cookie, copy, whence);
    *position = *copy;
    unsafe_pop(before);
    return result;
}

static int close_stream(void *cookie)
{
    struct stream *stream = stream_of(cookie);
    int result = stream->functions.close != NULL ? stream->functions.close(stream->cookie) : 0;
    free(stream);
    return result;
}

CALLBACK(FILE *, fopencookie, void *cookie, const char *mode, cookie_io_functions_t functions)
{
    struct stream *stream = ordinary(malloc(sizeof *stream));
    if (stream == NULL)
        return NULL;
    *stream = (struct stream){cookie, functions};
    const cookie_io_functions_t ours = {
        .read = functions.read != NULL ? read_stream : NULL,
        .write = functions.write != NULL ? write_stream : NULL,
        .seek = functions.seek != NULL ? seek_stream : NULL,
        .close = close_stream,
    };
    FILE *file = fopencookie(stream, ordinary(mode), ours);
    if (file == NULL)
        free(stream);
    return file;
}
