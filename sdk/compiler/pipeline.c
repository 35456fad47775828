/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What happens to a module, in order. */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "benchdomain.h"
#include "bridge/bridge.h"
#include "config.h"
#include "domain/domain.h"
#include "domain/inner.h"
#include "fence.h"
#include "mediate/assembly.h"
#include "mediate/mediate.h"
#include "note.h"
#include "prove/prove.h"
#include "sdk.h"
#include "span.h"

/* Merges the masks of accesses that share a base and takes them out of loops. */
#define REOPTIMIZATION "function(early-cse<memssa>,loop-mssa(licm),gvn)"

/* What a defense that fails does not say, and what it leaves behind where it does not fail. */
static int check_defense(const struct memsentry_defense *defense, LLVMModuleRef module,
                         int result)
{
    char text[256], *broken = NULL;

    if (result < 0 && !sdk_error_was_reported()) {
        snprintf(text, sizeof text, "defense '%s' failed: %s", defense->name,
                 strerror(-result));
        memsentry_error(module, text);
    }
    if (result >= 0 && !config_is_prebuilt(defense->name) &&
        LLVMVerifyModule(module, LLVMReturnStatusAction, &broken)) {
        snprintf(text, sizeof text, "defense '%s' leaves a broken module: %s", defense->name,
                 broken);
        memsentry_error(module, text);
        result = -EINVAL;
    }
    LLVMDisposeMessage(broken);
    return result;
}

static int classify(const struct config *config, LLVMModuleRef module)
{
    int result = 0;

    for (size_t i = 0; i < CONFIG_DEFENSES_MAX && result >= 0; i++) {
        const struct memsentry_defense *defense = config->defenses[i];
        if (!defense || !defense->classify)
            continue;
        sdk_forget_errors();
        result = check_defense(defense, module, defense->classify(module));
    }
    return result;
}

static int run_defenses(const struct config *config, LLVMModuleRef module)
{
    int result = 0;

    for (size_t i = 0; i < CONFIG_DEFENSES_MAX && result >= 0; i++) {
        const struct memsentry_defense *defense = config->defenses[i];
        if (!defense)
            continue;
        sdk_forget_errors();
        result = check_defense(defense, module, defense->run(module));
    }
    return result;
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
 * happen. C headers do not say so of contexts, and the front end not of setjmp with
 * -fno-builtin.
 */
static void declare_context_functions(LLVMModuleRef module)
{
    static const char *const names[] = {"getcontext", "swapcontext", "setjmp",
                                        "_setjmp",    "sigsetjmp",   "__sigsetjmp"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        LLVMValueRef function = LLVMGetNamedFunction(module, names[i]);
        if (function)
            function_add_llvm_attribute(function, "returns_twice");
    }
}

static void start(const struct config *config, LLVMModuleRef module)
{
    char error[512];

    declare_context_functions(module);
    config_attach(config, module);
    if (config_exempt(module, error, sizeof error) < 0)
        bridge_error(module, NULL, error);
    /* Before inlining repeats it, and while the options of the front end are known. */
    assembly_diagnose(module);
    if (config->verify_arguments && config->backend->mask) {
        mediate_addresses(module);
        config_attach(config, module);
    }
    /* Bitcode that is compiled again has been seen. */
    if (!note_is_recorded(module))
        classify(config, module);
    note_record(config, module);
    fence_trusted_functions(module);
    span_fence(module);
}

static const struct backend *backend_of(LLVMValueRef function)
{
    const struct backend *backend;
    unsigned mode;

    return config_of_function(function, &backend, &mode) ? backend : NULL;
}

/* By what its backend has; one that has nothing checks nothing. */
static bool instrument(LLVMValueRef function, bool optimize)
{
    const struct backend *backend = backend_of(function);

    if (!backend)
        return false;
    const char *error = backend->refuse ? backend->refuse(function) : NULL;
    if (error)
        bridge_error(LLVMGetGlobalParent(function),
                     LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)), error);
    if (backend->mask)
        return mediate_function(function, optimize);
    return backend->emit_gate || backend->replace ? domain_function(function)
                                                  : !LLVMIsDeclaration(function);
}

/* The code generator takes assembly for less than it is. */
static void pin_checks(LLVMValueRef function)
{
    const struct backend *backend = backend_of(function);

    if (!backend || !backend->pin)
        return;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = LLVMGetNextInstruction(i))
            backend->pin(i);
    }
}

/*
 * All that is needed is in the module: what the linker optimizes is finished there, where no
 * option of ours is known.
 */
static void finish(LLVMModuleRef module, bool optimize)
{
    struct config recorded = {0};
    bool instrumented = false, masks = false;
    char error[512];

    if (note_finish(&recorded, module, error, sizeof error) < 0) {
        bridge_error(module, NULL, error);
        return;
    }
    declare_context_functions(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        const struct backend *backend = backend_of(f);
        if (backend && backend->mask && mediate_is_instrumented(f))
            mediate_add_disjoint(f);
        masks = masks || (backend && backend->mask);
    }
    if (run_defenses(&recorded, module) < 0)
        return;
    span_resolve(module);
    inner_split(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        instrumented = instrument(f, optimize) || instrumented;
    if (!instrumented)
        return;
    note_refer_to_abi(module);
    if (optimize && masks)
        reoptimize(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        pin_checks(f);
    prove_module(module, mediate_again);
}

/* Returns false when there is nothing to do, after a report of what is wrong with the options.
 */
static bool read_options(struct config *config, LLVMModuleRef module)
{
    char error[256];

    if (config_from_options(config, error, sizeof error) < 0) {
        bridge_error(module, NULL, error);
        return false;
    }
    return config->backend != NULL;
}

/* Gives the configuration to functions that the optimiser has made. */
static void attach_again(LLVMModuleRef module)
{
    struct config config;
    char error[256];

    /* pipeline_start() has reported what is wrong with the options. */
    if (config_from_options(&config, error, sizeof error) < 0 || !config.backend)
        return;
    config_attach(&config, module);
}

bool pipeline_start(LLVMModuleRef module)
{
    struct config config;
    bool recorded = note_is_recorded(module);

    if (read_options(&config, module))
        start(&config, module);
    return recorded;
}

void pipeline_before_inlining(LLVMModuleRef module)
{
    fence_configurations(module);
}

void pipeline_before_link(LLVMModuleRef module)
{
    attach_again(module);
}

void pipeline_last(LLVMModuleRef module, bool optimize)
{
    attach_again(module);
    if (!benchdomain_insert(module))
        return;
    finish(module, optimize);
    benchdomain_remove(module);
}

void pipeline_benchdomain(LLVMModuleRef module)
{
    (void)benchdomain_insert(module);
}

void pipeline_benchdomain_post(LLVMModuleRef module)
{
    benchdomain_remove(module);
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
        finish(module, true);
    }
}

void pipeline_prove(LLVMModuleRef module)
{
    prove_module(module, NULL);
}
