/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the options of the warnings that the driver itself, or the plugin, gives. */
#include "parse.h"

#include <string.h>

const char *const warning_names[WARNINGS] = {
    [WARNING_UNUSED] = "unused-command-line-argument",
    [WARNING_NO_SAFESTACK] = "memsentry-no-safestack",
    [WARNING_UNINSTRUMENTED] = "memsentry-uninstrumented",
    [WARNING_ASM] = "memsentry-asm",
};

void parse_warning(struct request *request, const char *argument)
{
    const char *name = argument + strlen("-W");
    enum choice choice = CHOICE_YES;
    bool is_error = false;

    if (starts_with(name, "no-")) {
        choice = CHOICE_NO;
        name += strlen("no-");
    }
    if (strcmp(name, "error") == 0) {
        request->all_errors = choice;
        return;
    }
    if (starts_with(name, "error=")) {
        is_error = true;
        name += strlen("error=");
    }
    for (size_t i = 0; i < WARNINGS; i++) {
        struct warning_state *state = &request->warnings[i];

        if (strcmp(name, warning_names[i]) != 0)
            continue;
        if (is_error)
            state->error = choice;
        if (!is_error || choice == CHOICE_YES)
            state->shown = choice;
    }
}
