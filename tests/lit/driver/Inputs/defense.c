/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A defense that says what it is called with, or goes wrong in the way that a macro asks for.
 */
#include <memsentry-pass.h>

#include <stdio.h>
#include <stdlib.h>

#include <llvm-c/Core.h>

#ifndef NAME
#    define NAME "said"
#endif
#ifndef VERSION
#    define VERSION MEMSENTRY_PASS_VERSION
#endif

static int say(LLVMModuleRef module, const char *when)
{
    LLVMValueRef function = LLVMGetNamedFunction(module, "main");
    const char *word = memsentry_option(&memsentry_defense, "word");
    unsigned blocks = function ? LLVMCountBasicBlocks(function) : 0;

    fprintf(stderr, "%s: %s, word %s, %s\n", NAME, when, word ? word : "-",
            blocks == 1 ? "optimized" : "as written");
    return 0;
}

static int classify(LLVMModuleRef module)
{
    return say(module, "classify");
}

static int run(LLVMModuleRef module)
{
#if defined(FAIL)
    (void)module;
    return -2;
#elif defined(REPORT)
    memsentry_error(module, "not this one");
    return -2;
#elif defined(BREAK)
    /* A block without an end. */
    LLVMAppendBasicBlockInContext(LLVMGetModuleContext(module),
                                  LLVMGetNamedFunction(module, "main"), "");
#endif
    return say(module, "run");
}

#ifdef UNKNOWN
void memsentry_of_tomorrow(void);
__attribute__((used)) static void (*const unknown)(void) = memsentry_of_tomorrow;
#endif

static const char *const options[] = {"word", "other", NULL};

const struct memsentry_defense memsentry_defense = {
    .version = VERSION,
    .name = NAME,
    .classify = classify,
#ifndef IDLE
    .run = run,
#endif
    .options = options,
};
#ifdef IDLE
__attribute__((used)) static int (*const unused)(LLVMModuleRef) = run;
#endif
