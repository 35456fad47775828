/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is known of values where a loop is entered. */
#ifndef MEMSENTRY_ENTRANCE_H
#define MEMSENTRY_ENTRANCE_H

#include "counter.h"
#include "ways.h"

struct entrance {
    LLVMBasicBlockRef header;
    const struct loop *loop;
    int *budget;
};

/* That `value`, read as unsigned, is at most or at least `limit` when the loop is entered. */
struct claim {
    struct ways ways; /* first: it is found from there */
    LLVMValueRef value;
    bool at_most;
    wide limit;
    bool unequal; /* that it is not `limit` shows it */
};

/* Steps of an argument that something is at least so much. */
#define ENTRANCE_DEPTH 6
bool entrance_shows(const struct entrance *entrance, struct claim claim, int depth);

#endif
