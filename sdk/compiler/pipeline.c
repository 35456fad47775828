/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What happens to a module, in order. */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>

#include <llvm-c/Core.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "bridge/bridge.h"
#include "config.h"
#include "fence.h"
#include "mediate/mediate.h"

#define ABI_REFERENCE "__memsentry_abi_reference"
#define ABI_SECTION ".data.rel.ro.memsentry_abi"

/* Merges the masks of accesses that share a base and takes them out of loops. */
#define REOPTIMIZATION "function(early-cse<memssa>,loop-mssa(licm),gvn)"

/* Ties the object to the version of the runtime that it was compiled for: see abi.h. */
static void refer_to_abi(LLVMModuleRef module)
{
    LLVMContextRef context = LLVMGetModuleContext(module);

    if (LLVMGetNamedGlobal(module, ABI_REFERENCE))
        return;
    LLVMValueRef symbol = LLVMGetNamedGlobal(module, MEMSENTRY_ABI_SYMBOL);
    if (!symbol)
        symbol = LLVMAddGlobal(module, LLVMInt8TypeInContext(context), MEMSENTRY_ABI_SYMBOL);
    LLVMValueRef reference =
        LLVMAddGlobal(module, LLVMPointerTypeInContext(context, 0), ABI_REFERENCE);
    LLVMSetInitializer(reference, symbol);
    LLVMSetGlobalConstant(reference, 1);
    LLVMSetLinkage(reference, LLVMPrivateLinkage);
    LLVMSetSection(reference, ABI_SECTION);
    bridge_keep(module, reference);
}

static int run_defenses(const struct config *config, LLVMModuleRef module)
{
    for (size_t i = 0; i < config->defense_count; i++) {
        const struct memsentry_defense *defense = config->defenses[i];
        if (defense->version != MEMSENTRY_PASS_VERSION) {
            char message[128];
            snprintf(message, sizeof message,
                     "defense '%s' was built for another version of MemSentry", defense->name);
            memsentry_error(module, message);
            return -EINVAL;
        }
        int result = defense->run(module);
        if (result < 0)
            return result;
    }
    return 0;
}

static void reoptimize(LLVMModuleRef module)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(module, REOPTIMIZATION, NULL, options);

    LLVMDisposePassBuilderOptions(options);
    if (error) {
        char *message = LLVMGetErrorMessage(error);
        memsentry_error(module, message);
        LLVMDisposeErrorMessage(message);
    }
}

/*
 * These restore registers from ordinary memory as longjmp does, and their callers see that
 * happen. C headers do not say so.
 */
static void declare_context_functions(LLVMModuleRef module)
{
    static const char *const names[] = {"getcontext", "swapcontext"};
    unsigned kind = LLVMGetEnumAttributeKindForName("returns_twice", 13);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        LLVMValueRef function = LLVMGetNamedFunction(module, names[i]);
        if (function)
            LLVMAddAttributeAtIndex(
                function, (unsigned)LLVMAttributeFunctionIndex,
                LLVMCreateEnumAttribute(LLVMGetModuleContext(module), kind, 0));
    }
}

static void start(const struct config *config, LLVMModuleRef module)
{
    declare_context_functions(module);
    config_attach(config, module);
    fence_trusted_functions(module);
}

static void finish(const struct config *config, LLVMModuleRef module, bool optimize)
{
    bool instrumented = false;

    /* Functions that the optimiser has made since. */
    if (config->backend)
        config_attach(config, module);
    if (run_defenses(config, module) < 0)
        return;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        instrumented = mediate_function(f) || instrumented;
    if (!instrumented)
        return;
    refer_to_abi(module);
    if (optimize)
        reoptimize(module);
}

void pipeline_start(LLVMModuleRef module)
{
    struct config config;
    char error[256];

    if (config_from_options(&config, error, sizeof error) < 0)
        bridge_error(module, NULL, error);
    else if (config.backend)
        start(&config, module);
}

void pipeline_last(LLVMModuleRef module, bool optimize)
{
    struct config config;
    char error[256];

    /* pipeline_start() has reported what is wrong with the options. */
    if (!config_from_options(&config, error, sizeof error))
        finish(&config, module, optimize);
}

void pipeline_all(LLVMModuleRef module)
{
    struct config config;
    char error[256];

    if (config_from_options(&config, error, sizeof error) < 0) {
        bridge_error(module, NULL, error);
    } else if (!config.backend) {
        bridge_error(module, NULL, "'-passes=memsentry' needs '-memsentry-prot-method='");
    } else {
        start(&config, module);
        finish(&config, module, true);
    }
}
