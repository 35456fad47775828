/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Holds the notes of what is linked against the options of the link. */
#include "inputs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "memsentry/abi.h"
#include "note.h"
#include "objects.h"

/* How many uninstrumented objects the warning names. */
#define NAMED 3

struct check {
    struct pool *pool;
    struct request *request;
    struct note wanted;
    size_t uninstrumented;
    const char *names;
};

static const char *add_to_list(struct pool *pool, const char *list, const char *name)
{
    return strcmp(list, "-") == 0 ? name : pool_format(pool, "%s,%s", list, name);
}

/* What the link itself would write into a note. */
static struct note note_of_link(struct pool *pool, const struct request *request)
{
    struct note note = {.abi = MEMSENTRY_ABI_VERSION,
                        .backend = request->backend->name,
                        .mode = mode_names[request_mode(request)],
                        .gates = request->mpk_preserve != NULL ? "preserve" : NULL,
                        .defenses = "-"};

    for (size_t i = 0; i < DEFENSES; i++)
        if (request->defense_options[i] != NULL)
            note.defenses = add_to_list(pool, note.defenses, defenses[i].name);
    for (size_t i = 0; i < request->defense_names.count; i++)
        note.defenses = add_to_list(pool, note.defenses, request->defense_names.items[i]);
    return note;
}

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/*
 * A library keeps its own accesses in bounds, whichever they are; its stacks are shared, and so
 * is what a closed domain denies.
 */
static bool fits(const struct check *check, const struct note *found, enum object_kind kind)
{
    const struct note *wanted = &check->wanted;
    const bool shares_mode =
        kind == OBJECT_LINKED && check->request->backend->kind != KIND_DOMAIN;
    const bool gates = wanted->gates == NULL
                           ? found->gates == NULL
                           : found->gates != NULL && same(found->gates, wanted->gates);

    return same(found->backend, wanted->backend) && same(found->defenses, wanted->defenses) &&
           gates && (shares_mode || same(found->mode, wanted->mode));
}

static void check_note(struct check *check, const struct object *object, const char *text)
{
    struct pool *pool = check->pool;
    const char *name = object_name(pool, object);
    struct note found;

    if (check->request->error != NULL)
        return;
    if (note_parse(pool, text, &found) != 0)
        check->request->error =
            pool_format(pool,
                        "'%s' has a note that this version cannot read: '%s'; compile it "
                        "again",
                        name, text);
    else if (found.abi != check->wanted.abi)
        check->request->error =
            pool_format(pool,
                        "'%s' is built for ABI %lu of MemSentry, this is %lu; compile it "
                        "again",
                        name, found.abi, check->wanted.abi);
    else if (!fits(check, &found, object->kind))
        check->request->error = pool_format(
            pool, "'%s' is built with '%s', the link with '%s'; use the same options for both",
            name, note_options(pool, &found), note_options(pool, &check->wanted));
}

/* What libtool and others name themselves when they keep clang from it. */
static bool is_start_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);

    return length > 2 && same(name + length - 2, ".o") &&
           (starts_with(name, "crt") || same(name, "Scrt1.o") || same(name, "rcrt1.o") ||
            same(name, "gcrt1.o"));
}

/* clang compiles "x.bc"; all other bitcode is for a linker that optimizes. */
static void check_bitcode(struct check *check, const struct object *object)
{
    size_t length = strlen(object->path);

    if (check->request->lto != NULL || check->request->error != NULL ||
        (object->member == NULL && length > 3 && same(object->path + length - 3, ".bc")))
        return;
    check->request->error = pool_format(
        check->pool, "'%s' is to be optimized at link time; link with '-flto' as well",
        object_name(check->pool, object));
}

static void check_object(void *context, const struct object *object)
{
    struct check *check = context;

    if (object->kind == OBJECT_BITCODE)
        check_bitcode(check, object);
    for (size_t i = 0; i < object->notes.count; i++)
        check_note(check, object, object->notes.items[i]);
    if (object->kind != OBJECT_RELOCATABLE || !object->has_code || object->notes.count != 0 ||
        (object->member == NULL && is_start_file(object->path)))
        return;
    if (check->uninstrumented++ < NAMED)
        check->names =
            pool_format(check->pool, "%s%s'%s'", check->names,
                        check->names[0] == '\0' ? "" : ", ", object_name(check->pool, object));
}

/* The file that -l stands for, where it is one of the user's directories. */
static const char *find_library(struct pool *pool, const struct request *request,
                                const char *name)
{
    for (size_t i = 0; i < request->library_dirs.count; i++) {
        const char *directory = request->library_dirs.items[i];
        const char *const candidates[] = {
            request->static_pie == NULL ? pool_format(pool, "%s/lib%s.so", directory, name)
                                        : "",
            pool_format(pool, "%s/lib%s.a", directory, name),
            name[0] == ':' ? pool_format(pool, "%s/%s", directory, name + 1) : ""};

        for (size_t j = 0; j < sizeof candidates / sizeof *candidates; j++)
            if (access(candidates[j], R_OK) == 0)
                return candidates[j];
    }
    return NULL;
}

static const char *warning_text(const struct check *check)
{
    struct pool *pool = check->pool;
    const char *more = check->uninstrumented > NAMED
                           ? pool_format(pool, " and %zu more", check->uninstrumented - NAMED)
                           : "";

    return pool_format(pool, "not instrumented, so not confined: %s%s; compile with '%s'",
                       check->names, more, note_options(pool, &check->wanted));
}

int inputs_check(struct pool *pool, struct request *request)
{
    struct check check = {
        .pool = pool, .request = request, .wanted = note_of_link(pool, request), .names = ""};

    /* What cannot be read is the linker's to complain about. */
    for (size_t i = 0; i < request->files.count; i++)
        objects_visit(pool, request->files.items[i], check_object, &check);
    for (size_t i = 0; i < request->libraries.count; i++) {
        const char *path = find_library(pool, request, request->libraries.items[i]);

        if (path != NULL)
            objects_visit(pool, path, check_object, &check);
    }
    if (pool->error != 0)
        return pool->error;
    if (request->error != NULL)
        return -EINVAL;
    if (check.uninstrumented != 0)
        request->uninstrumented = warning_text(&check);
    return 0;
}
