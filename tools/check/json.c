/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The answer as JSON: keys are added in later versions, but none goes or changes its meaning.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "report.h"

static json_t *string_list(const struct strings *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static json_t *name_list(const char *names)
{
    json_t *array = json_array();

    while (names != NULL && names[0] != '-' && names[0] != '\0') {
        size_t length = strcspn(names, ",");

        json_array_append_new(array, json_stringn(names, length));
        names += length;
        names += *names == ',';
    }
    return array;
}

/* Null for what is not known. */
static json_t *maybe(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *module_json(const struct module *module)
{
    json_t *object = json_object();

    json_object_set_new(object, "path", json_string(module->path));
    json_object_set_new(object, "kind", json_string(kind_names[module->kind]));
    json_object_set_new(object, "protection",
                        json_string(protection_names[module->protection]));
    json_object_set_new(object, "instrumented", json_integer((json_int_t)module->instrumented));
    json_object_set_new(object, "uninstrumented",
                        module->units_known ? json_integer((json_int_t)module->uninstrumented)
                                            : json_null());
    json_object_set_new(object, "backend", maybe(module->note.backend));
    json_object_set_new(object, "mode", maybe(module->note.mode));
    json_object_set_new(object, "defenses", name_list(module->note.defenses));
    json_object_set_new(object, "compiler", maybe(module->note.compiler));
    json_object_set_new(object, "version", maybe(module->note.version));
    if (module->kind != MODULE_OBJECTS) {
        json_object_set_new(object, "position_independent",
                            json_boolean(module->position_independent));
        json_object_set_new(object, "relro", json_string(relro_names[module->relro]));
        json_object_set_new(object, "bind_now", json_boolean(module->bind_now));
        json_object_set_new(
            object, "runtime",
            maybe(module->runtime == RUNTIME_UNKNOWN ? NULL : runtime_names[module->runtime]));
    }
    json_object_set_new(object, "missing", string_list(&module->missing));
    return object;
}

int report_json(const struct report *report)
{
    json_t *root = json_object();
    json_t *modules = json_array();
    int result;

    json_object_set_new(root, "target", json_string(report->target));
    json_object_set_new(root, "protection", json_string(protection_names[report->protection]));
    json_object_set_new(root, "missing", string_list(&report->missing));
    if (report->process != 0)
        json_object_set_new(root, "process",
                            json_pack("{s:i,s:b,s:b,s:b}", "pid", (int)report->process,
                                      "arenas", report->layout.arenas, "guard",
                                      report->layout.guard, "sealed", report->layout.sealed));
    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(modules, module_json(&report->modules[i]));
    json_object_set_new(root, "modules", modules);
    result = json_dumpf(root, stdout, JSON_INDENT(2));
    json_decref(root);
    return result == 0 && printf("\n") > 0 ? 0 : -EIO;
}
