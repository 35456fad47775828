/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Looks at one file. */
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "linked.h"
#include "memsentry/abi.h"
#include "objects.h"

struct look {
    struct pool *pool;
    struct module *module;
    bool any;
    bool mixed;
    bool other_abi;
};

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void look_at_note(struct look *look, const char *text)
{
    struct module *module = look->module;
    struct note note;

    module->instrumented++;
    if (note_parse(look->pool, text, &note) != 0) {
        look->other_abi = true;
        return;
    }
    look->other_abi |= note.abi != MEMSENTRY_ABI_VERSION;
    if (module->note.backend == NULL)
        module->note = note;
    else
        look->mixed |= !same(note.backend, module->note.backend) ||
                       !same(note.mode, module->note.mode) ||
                       !same(note.defenses, module->note.defenses);
}

static void look_at_object(void *context, const struct object *object)
{
    struct look *look = context;

    look->any = true;
    for (size_t i = 0; i < object->notes.count; i++)
        look_at_note(look, object->notes.items[i]);
    if (object->kind == OBJECT_LINKED)
        look->module->kind = MODULE_LIBRARY;
    else if (object->has_code && object->notes.count == 0)
        look->module->uninstrumented++;
}

static void miss(struct look *look, const char *what)
{
    strings_push(look->pool, &look->module->missing, what);
}

static void judge_linked(struct look *look)
{
    const struct module *module = look->module;

    if (module->kind == MODULE_PROGRAM && !module->position_independent)
        miss(look, "not position independent");
    if (module->relro == RELRO_NONE)
        miss(look, "no RELRO");
    if (module->relro == RELRO_PARTIAL)
        miss(look, "RELRO is partial");
    if (!module->bind_now)
        miss(look, "binding is lazy");
    if (module->runtime == RUNTIME_NONE)
        miss(look, "the runtime is not linked");
    if (module->runtime == RUNTIME_UNKNOWN)
        miss(look,
             "static and stripped: what its libraries and the runtime are cannot be told");
}

static void judge(struct look *look)
{
    struct module *module = look->module;
    bool none = module->instrumented == 0 ||
                (module->kind != MODULE_OBJECTS && module->runtime == RUNTIME_NONE);

    if (module->instrumented == 0)
        miss(look, "no object is instrumented");
    else if (module->uninstrumented != 0)
        miss(look, pool_format(look->pool, "%zu of %zu objects are not instrumented",
                               module->uninstrumented,
                               module->uninstrumented + module->instrumented));
    if (look->mixed)
        miss(look, "objects of several configurations");
    if (look->other_abi)
        miss(look, "objects of another version of MemSentry");
    if (module->kind != MODULE_OBJECTS)
        judge_linked(look);
    module->protection = none                         ? PROTECTION_NONE
                         : module->missing.count != 0 ? PROTECTION_PARTIAL
                                                      : PROTECTION_FULL;
}

int module_read(struct pool *pool, const char *path, const char *name, struct module *module)
{
    struct look look = {.pool = pool, .module = module};
    int result;

    *module = (struct module){
        .path = name, .kind = MODULE_OBJECTS, .units_known = true, .runtime = RUNTIME_UNKNOWN};
    result = objects_visit(pool, path, look_at_object, &look);
    if (result == 0 && !look.any)
        result = -ENOEXEC;
    if (result == 0 && module->kind != MODULE_OBJECTS)
        result = linked_read(pool, path, module);
    if (result != 0)
        return result;
    judge(&look);
    return pool->error;
}
