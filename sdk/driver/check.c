/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Looks for what cannot work, and says why. */
#include "request.h"

#include <errno.h>
#include <string.h>

enum scope { ALWAYS, EXECUTABLE };

static const struct {
    enum scope scope;
    const char *reason;
} conflict_kinds[CONFLICTS] = {
#define CONFLICT_KIND(name, scope, reason) {scope, reason},
#include "conflicts.def"
};

bool request_joins(const struct request *request)
{
    return request->has_link_inputs && !request->no_link;
}

bool request_links(const struct request *request)
{
    return request_joins(request) && !request->relocatable;
}

bool request_links_executable(const struct request *request)
{
    return request_links(request) && !request->shared;
}

bool request_links_malloc(const struct request *request)
{
    return request_links_executable(request) && !request->no_malloc &&
           request->backend->kind != KIND_DOMAIN;
}

enum mode request_mode(const struct request *request)
{
    if (request->mode_option != NULL)
        return request->mode;
    for (size_t i = 0; i < DEFENSES; i++)
        if (request->defense_options[i] != NULL)
            return defenses[i].mode;
    return MODE_RW;
}

static int fail(struct request *request, const char *message)
{
    request->error = message;
    return -EINVAL;
}

static int check_defense(struct pool *pool, struct request *request, size_t number)
{
    const struct defense *defense = &defenses[number];
    const char *option = request->defense_options[number];
    const struct backend *backend = request->backend;

    /* A baseline goes with any defense, to compare with. */
    if (backend != NULL && backend->kind != KIND_HIDING && defense->needs != NEEDS_ANY &&
        (int)defense->needs != (int)backend->kind)
        return fail(
            request,
            pool_format(pool,
                        "invalid argument '%s' not allowed with '%s'; the defense needs "
                        "%s backend: %s",
                        request->backend_option, option,
                        defense->needs == NEEDS_ADDRESS ? "an address-based" : "a domain-based",
                        backend_list(pool, defense->needs, false)));
    /* Where stock clang is free to provide it, for another machine, it may. */
    if (!defense->built &&
        (backend != NULL || request->conflicts[CONFLICT_FOREIGN_TARGET] == NULL))
        return fail(
            request,
            pool_format(pool,
                        "'%s' is not in this build of MemSentry, and clang alone has no "
                        "such protection on x86-64",
                        option));
    return 0;
}

int request_check(struct pool *pool, struct request *request)
{
    const struct backend *backend = request->backend;
    int result;

    for (size_t i = 0; i < DEFENSES; i++) {
        if (request->defense_options[i] == NULL)
            continue;
        result = check_defense(pool, request, i);
        if (result != 0)
            return result;
    }
    if (backend == NULL)
        return 0;
    if (!backend->built)
        return fail(request, pool_format(pool,
                                         "backend '%s' of '%s' is not in this build of "
                                         "MemSentry; usable: %s",
                                         backend->name, request->backend_option,
                                         backend_list(pool, NEEDS_ANY, true)));
    if (request->benchdomain != NULL && backend->kind == KIND_ADDRESS)
        return fail(request,
                    pool_format(pool,
                                "invalid argument '-fmemsentry-benchdomain=%s' not allowed "
                                "with '%s'; it has no domain to switch",
                                request->benchdomain, request->backend_option));
    /* The linker's pass knows no options. */
    if (request->benchdomain != NULL && request->lto != NULL)
        return fail(request,
                    pool_format(pool,
                                "invalid argument '-fmemsentry-benchdomain=%s' not allowed "
                                "with '%s'",
                                request->benchdomain, request->lto));
    if (request->mpk_preserve != NULL && backend != &backends[BACKEND_mpk])
        return fail(request, pool_format(pool, "invalid argument '%s' not allowed with '%s'",
                                         request->mpk_preserve, request->backend_option));
    if (backend == &backends[BACKEND_crypt] && request_mode(request) != MODE_RW)
        return fail(request,
                    pool_format(pool,
                                "invalid argument '-fmemsentry-rw=%s' not allowed with '%s'; "
                                "what is encrypted is so for reads and for writes",
                                mode_names[request_mode(request)], request->backend_option));
    if (request->sanitizers.count != 0)
        return fail(request,
                    pool_format(pool, "invalid argument '%s' not allowed with '%s'",
                                request->backend_option, request->sanitizers.items[0]));
    if (request->lto != NULL && request->linker != NULL && request_joins(request) &&
        strcmp(request->linker, "-fuse-ld=lld") != 0)
        return fail(request, pool_format(pool,
                                         "invalid argument '%s' not allowed with '%s'; lld "
                                         "alone instruments at link time, use '-fuse-ld=lld'",
                                         request->lto, request->linker));
    if (request->static_pie != NULL && request->shared && request_links(request))
        return fail(request,
                    pool_format(pool, "invalid argument '-shared' not allowed with '%s'",
                                request->static_pie));
    if (request->static_pie != NULL && request->linker != NULL && request_links(request) &&
        strcmp(request->linker, "-fuse-ld=gold") == 0)
        return fail(request, pool_format(pool,
                                         "invalid argument '%s' not allowed with '%s'; gold "
                                         "cannot link such programs",
                                         request->static_pie, request->linker));
    for (size_t i = 0; i < CONFLICTS; i++) {
        if (request->conflicts[i] == NULL ||
            (conflict_kinds[i].scope == EXECUTABLE && !request_links_executable(request)))
            continue;
        return fail(request,
                    pool_format(pool, "invalid argument '%s' not allowed with '%s'; %s",
                                request->backend_option, request->conflicts[i],
                                conflict_kinds[i].reason));
    }
    return pool->error;
}
