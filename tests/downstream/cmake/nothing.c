/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The least that is a defense. */
#include <memsentry-pass.h>

static int run(LLVMModuleRef module)
{
    (void)module;
    return 0;
}

const struct memsentry_defense memsentry_defense = {
    .version = MEMSENTRY_PASS_VERSION,
    .name = "nothing",
    .run = run,
};
