/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the options of the warnings that the driver itself gives. */
#include "parse.h"

#include <string.h>

void parse_warning(struct request *request, const char *argument)
{
    static const char unused[] = "unused-command-line-argument";
    const char *name = argument + strlen("-W");
    enum choice choice = CHOICE_YES;
    struct warning_state *state;

    if (starts_with(name, "no-")) {
        choice = CHOICE_NO;
        name += strlen("no-");
    }
    if (strcmp(name, "error") == 0) {
        request->all_errors = choice;
        return;
    }
    if (starts_with(name, "error=")) {
        name += strlen("error=");
        state = strcmp(name, unused) == 0 ? &request->unused : &request->no_safestack;
        state->error = choice;
        if (choice == CHOICE_YES)
            state->shown = CHOICE_YES;
        return;
    }
    state = strcmp(name, unused) == 0 ? &request->unused : &request->no_safestack;
    state->shown = choice;
}
