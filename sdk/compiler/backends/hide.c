/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Information hiding, to compare with: regions lie at random places, and nothing is checked. */
#include "backend.h"

extern const struct backend backend_hide;
const struct backend backend_hide = {
    .name = "hide",
};
