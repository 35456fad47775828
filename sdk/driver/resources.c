/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the parts are that the driver hands to clang. */
#include "resources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build has this file beside the driver: five directories, one to a line. */
#define MARKER "memsentry-clang.paths"

struct directories {
    const char *plugin;
    const char *start;
    const char *defenses;
    const char *runtime;
    const char *headers;
};

static const char *read_line(struct pool *pool, FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);
    const char *copy = NULL;

    if (length > 1)
        copy = pool_copy(pool, line, (size_t)length - (line[length - 1] == '\n'));
    free(line);
    return copy;
}

/* True when the driver lies in a build. */
static bool read_marker(struct pool *pool, const char *directory, struct directories *found)
{
    FILE *file = fopen(pool_format(pool, "%s/" MARKER, directory), "re");

    if (file == NULL)
        return false;
    found->plugin = read_line(pool, file);
    found->start = read_line(pool, file);
    found->defenses = read_line(pool, file);
    found->runtime = read_line(pool, file);
    found->headers = read_line(pool, file);
    fclose(file);
    return found->headers != NULL;
}

/* Without ".." where the directory exists: the path goes into every program as its rpath. */
static const char *canonical(struct pool *pool, const char *path)
{
    char *real = realpath(path, NULL);
    const char *copy = real == NULL ? path : pool_copy(pool, real, strlen(real));

    free(real);
    return copy;
}

int resources_find(struct pool *pool, const char *self, struct resources *resources)
{
    char *executable = realpath(self, NULL);
    struct directories found = {0};
    const char *directory;
    bool in_build;

    if (executable == NULL)
        return -errno;
    directory = pool_copy(pool, executable, (size_t)(strrchr(executable, '/') - executable));
    free(executable);

    in_build = read_marker(pool, directory, &found);
    if (!in_build) {
        const char *shared =
            canonical(pool, pool_format(pool, "%s/" MEMSENTRY_RESOURCE_DIR, directory));

        found = (struct directories){
            shared, shared, shared, canonical(pool, pool_format(pool, "%s/..", shared)),
            canonical(pool, pool_format(pool, "%s/" MEMSENTRY_HEADER_DIR, directory))};
    }
    resources->plugin = pool_format(pool, "%s/memsentry.so", found.plugin);
    resources->start = pool_format(pool, "%s/libmemsentry_start.a", found.start);
    for (size_t i = 0; i < DEFENSES; i++) {
        const char *id = defenses[i].id;

        /* In a build each lies in its own directory. */
        const char *where =
            in_build ? pool_format(pool, "%s/%s", found.defenses, id) : found.defenses;

        resources->defenses[i] = pool_format(pool, "%s/libmemsentry_%s.a", where, id);
        resources->libraries[i] = pool_format(pool, "%s/libmemsentry_%s_library.a", where, id);
    }
    resources->runtime = pool_format(pool, "%s/libmemsentry_rt.so", found.runtime);
    resources->runtime_static = pool_format(pool, "%s/libmemsentry_rt_static.a", found.start);
    resources->malloc = pool_format(pool, "%s/libmemsentry_malloc.so", found.runtime);
    resources->malloc_static =
        pool_format(pool, "%s/libmemsentry_malloc_static.a", found.start);
    resources->runtime_dir = found.runtime;
    resources->lld = MEMSENTRY_LLVM_BINDIR "/ld.lld";
    resources->headers = found.headers;
    return pool->error;
}

/* FNV-1a: nobody is to be kept from making two plugins that are alike. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static int hash_file(const char *path, uint64_t *hash)
{
    FILE *file = fopen(path, "re");
    unsigned char bytes[4096];
    size_t length;
    bool whole;

    if (file == NULL)
        return -EIO;
    while ((length = fread(bytes, 1, sizeof bytes, file)) != 0)
        *hash = hash_bytes(*hash, bytes, length);
    whole = ferror(file) == 0;
    fclose(file);
    return whole ? 0 : -EIO;
}

int resources_identify_plugin(struct pool *pool, const struct request *request,
                              struct resources *resources)
{
    const struct strings *options = &request->defense_arguments;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    int result = hash_file(resources->plugin, &hash);

    for (size_t i = 0; i < request->defense_files.count && result == 0; i++)
        result = hash_file(request->defense_files.items[i], &hash);
    for (size_t i = 0; i < options->count; i++)
        hash = hash_bytes(hash, options->items[i], strlen(options->items[i]) + 1);
    resources->plugin_id = pool_format(pool, "memsentry-%016" PRIx64, hash);
    return result != 0 ? result : pool->error;
}

const char *resources_missing(const struct resources *resources, const struct request *request)
{
    const bool is_static = request->static_pie != NULL;
    const char *runtime = is_static ? resources->runtime_static : resources->runtime;
    const char *allocator = is_static ? resources->malloc_static : resources->malloc;

    if (access(resources->plugin, R_OK) != 0)
        return resources->plugin;
    if (!request_links(request))
        return NULL;
    if (access(runtime, R_OK) != 0)
        return runtime;
    if (request_links_executable(request) && access(resources->start, R_OK) != 0)
        return resources->start;
    if (request_links_malloc(request) && access(allocator, R_OK) != 0)
        return allocator;
    for (size_t i = 0; i < DEFENSES; i++) {
        const char *archive =
            request->shared ? resources->libraries[i] : resources->defenses[i];

        if (request->defense_options[i] != NULL && access(archive, R_OK) != 0)
            return archive;
    }
    return NULL;
}
