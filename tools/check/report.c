/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The answer as text. */
#include "report.h"

#include <stdio.h>

const char *const protection_names[] = {"full", "partial", "none"};
const char *const kind_names[] = {"program", "library", "objects"};
const char *const relro_names[] = {"none", "partial", "full"};
const char *const runtime_names[] = {"none", "shared", "static", "self", "unknown"};

/* Green, yellow, red. */
static const char *const colour_codes[] = {"32", "33", "31"};

static void print_protection(enum protection protection, bool colours)
{
    if (colours)
        printf("\033[1;%sm%s\033[0m\n", colour_codes[protection], protection_names[protection]);
    else
        printf("%s\n", protection_names[protection]);
}

static void print_missing(const struct strings *missing, const char *indent)
{
    for (size_t i = 0; i < missing->count; i++)
        printf("%smissing: %s\n", indent, missing->items[i]);
}

/* Libraries of the system say little one by one. */
static bool is_stock_library(const struct module *module)
{
    return module->kind == MODULE_LIBRARY && module->instrumented == 0 &&
           module->runtime != RUNTIME_SELF;
}

static void print_module(const struct module *module, bool colours)
{
    printf("%s: ", module->path);
    print_protection(module->protection, colours);
    if (module->instrumented != 0) {
        printf("  objects: %zu instrumented, ", module->instrumented);
        if (module->units_known)
            printf("%zu not\n", module->uninstrumented);
        else
            printf("others unknown (stripped)\n");
    }
    if (module->note.backend != NULL)
        printf("  backend %s, mode %s, defenses %s\n", module->note.backend, module->note.mode,
               module->note.defenses[0] == '-' ? "none" : module->note.defenses);
    if (module->kind != MODULE_OBJECTS)
        printf("  %s%s, RELRO %s, binding %s, runtime %s\n", kind_names[module->kind],
               module->kind == MODULE_LIBRARY ? ""
               : module->position_independent ? ", position independent"
                                              : ", fixed address",
               relro_names[module->relro], module->bind_now ? "now" : "lazy",
               runtime_names[module->runtime]);
    print_missing(&module->missing, "  ");
}

static const char *yes_no(bool yes)
{
    return yes ? "yes" : "no";
}

void report_text(const struct report *report, bool colours)
{
    size_t stock = 0;

    if (report->process != 0) {
        printf("process %d: ", (int)report->process);
        print_protection(report->protection, colours);
        printf("  arenas reserved: %s, guard: %s, sealed: %s\n", yes_no(report->layout.arenas),
               yes_no(report->layout.guard), yes_no(report->layout.sealed));
        print_missing(&report->missing, "  ");
    }
    for (size_t i = 0; i < report->count; i++) {
        const struct module *module = &report->modules[i];

        if (i != 0 && is_stock_library(module))
            stock++;
        else if (module->runtime != RUNTIME_SELF)
            print_module(module, colours);
    }
    if (stock == 0)
        return;
    printf("not instrumented:");
    for (size_t i = 1; i < report->count; i++)
        if (is_stock_library(&report->modules[i]))
            printf(" %s", report->modules[i].path);
    printf("\n");
}
