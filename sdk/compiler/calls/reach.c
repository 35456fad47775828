/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Look-up in the table of intrinsics. */
#include "reach.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    enum reach reach;
} intrinsics[] = {
#define INTRINSIC(name, reach) {"llvm." name, REACH_##reach},
#include "intrinsics.def"
};

static bool fits(const char *name, const char *pattern)
{
    const char *star = strchr(pattern, '*');

    if (!star)
        return !strcmp(name, pattern);
    size_t before = (size_t)(star - pattern), after = strlen(star + 1), length = strlen(name);
    return length >= before + after && !strncmp(name, pattern, before) &&
           !strcmp(name + length - after, star + 1);
}

enum reach intrinsic_reach(const char *name)
{
    for (size_t i = 0; i < sizeof intrinsics / sizeof intrinsics[0]; i++) {
        if (fits(name, intrinsics[i].name))
            return intrinsics[i].reach;
    }
    return REACH_UNKNOWN;
}
