/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From options to attributes, and back. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "bridge/bridge.h"
#include "loader.h"

/* What MEMSENTRY_NO_SANITIZE of memsentry-runtime.h writes. */
#define NO_SANITIZE_ANNOTATION "memsentry:no_sanitize"

/* Why a function is trusted; the other reasons leave it alone altogether. */
#define WHITELISTED "trusted function"

#define BUILT_0(id)
#define BUILT_1(id) extern const struct memsentry_defense memsentry_defense_##id;
#define MEMSENTRY_DEFENSE(name, id, needs, built, mode, summary) BUILT_##built(id)
#include <memsentry/defenses.def>
#undef BUILT_0
#undef BUILT_1

#define BUILT_0(id) NULL
#define BUILT_1(id) &memsentry_defense_##id
static const struct {
    const char *name;
    const struct memsentry_defense *defense;
} defenses[] = {
#define MEMSENTRY_DEFENSE(name, id, needs, built, mode, summary) {name, BUILT_##built(id)},
#include <memsentry/defenses.def>
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
static_assert(COUNT(defenses) + LOADER_MAX <= CONFIG_DEFENSES_MAX, "room for every defense");

static const char *const mode_names[] = {
    [ACCESS_READ] = "r",
    [ACCESS_WRITE] = "w",
    [ACCESS_READ | ACCESS_WRITE] = "rw",
};

static const char *const proof_names[] = {
    [CONFIG_PROOF_ERROR] = "error",
    [CONFIG_PROOF_WARN] = "warn",
    [CONFIG_PROOF_OFF] = "off",
};

static unsigned mode_from_name(const char *name, size_t length)
{
    for (unsigned mode = ACCESS_READ; mode < COUNT(mode_names); mode++) {
        if (strlen(mode_names[mode]) == length && !memcmp(mode_names[mode], name, length))
            return mode;
    }
    return 0;
}

const char *config_mode_name(unsigned mode)
{
    return mode_names[mode];
}

int config_add_defense(struct config *config, const char *name, size_t length)
{
    for (size_t d = 0; d < COUNT(defenses); d++) {
        if (strlen(defenses[d].name) != length || memcmp(defenses[d].name, name, length))
            continue;
        config->defenses[d] = defenses[d].defense;
        return defenses[d].defense ? 0 : -ENOTSUP;
    }
    for (size_t i = 0; i < loader_count(); i++) {
        const struct memsentry_defense *loaded = loader_defense(i);
        if (strlen(loaded->name) != length || memcmp(loaded->name, name, length))
            continue;
        config->defenses[COUNT(defenses) + i] = loaded;
        return 0;
    }
    return -EINVAL;
}

static int select_defenses(struct config *config, char *error, size_t error_size)
{
    for (size_t i = 0; i < bridge_option_defense_count(); i++) {
        const char *name = bridge_option_defense(i);
        int result = config_add_defense(config, name, strlen(name));
        if (result < 0) {
            snprintf(error, error_size,
                     result == -ENOTSUP ? "MemSentry defense '%s' is not in this build"
                                        : "invalid value '%s' in '-memsentry-defense='",
                     name);
            return result;
        }
    }
    int result = loader_load(error, error_size);
    for (size_t i = 0; !result && i < loader_count(); i++)
        config->defenses[COUNT(defenses) + i] = loader_defense(i);
    return result;
}

bool config_is_prebuilt(const char *name)
{
    for (size_t d = 0; d < COUNT(defenses); d++) {
        if (!strcmp(defenses[d].name, name))
            return true;
    }
    return false;
}

static bool proof_from_name(struct config *config, const char *name)
{
    for (unsigned i = 0; i < COUNT(proof_names); i++) {
        if (strcmp(proof_names[i], name))
            continue;
        config->proof = (enum config_proof)i;
        return true;
    }
    return false;
}

int config_from_options(struct config *config, char *error, size_t error_size)
{
    const char *method = bridge_option_prot_method();
    const char *rw = bridge_option_rw();

    *config = (struct config){
        .whitelist_section = bridge_option_whitelist_section(),
        .verify_arguments = bridge_option_verify_external_call_args(),
        .mpk_preserve = bridge_option_mpk_preserve(),
    };
    if (!*method)
        return 0;
    config->backend = backend_find(method, strlen(method));
    if (!config->backend) {
        bool known = backend_is_known(method);
        snprintf(error, error_size,
                 known ? "MemSentry backend '%s' is not in this build"
                       : "invalid value '%s' in '-memsentry-prot-method='",
                 method);
        return known ? -ENOTSUP : -EINVAL;
    }
    config->mode = mode_from_name(rw, strlen(rw));
    if (!config->mode) {
        snprintf(error, error_size, "invalid value '%s' in '-memsentry-rw='", rw);
        return -EINVAL;
    }
    if (!proof_from_name(config, bridge_option_proof())) {
        snprintf(error, error_size, "invalid value '%s' in '-memsentry-proof='",
                 bridge_option_proof());
        return -EINVAL;
    }
    return select_defenses(config, error, error_size);
}

bool config_is_inner_call(LLVMValueRef instruction)
{
    if (!LLVMIsACallInst(instruction))
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    return LLVMIsAFunction(callee) && function_has_attribute(callee, INNER_ATTRIBUTE);
}

bool config_is_whitelisted(LLVMValueRef function)
{
    const char *why = function_attribute(function, TRUSTED_ATTRIBUTE);

    return why && !strcmp(why, WHITELISTED);
}

void config_attach(const struct config *config, LLVMModuleRef module)
{
    char value[64];

    snprintf(value, sizeof value, "%s:%s", config->backend->name, mode_names[config->mode]);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) || function_has_attribute(f, MEMSENTRY_ATTRIBUTE))
            continue;
        function_add_attribute(f, MEMSENTRY_ATTRIBUTE, value);
        const char *section = LLVMGetSection(f);
        if (section && !strcmp(section, config->whitelist_section))
            function_add_attribute(f, TRUSTED_ATTRIBUTE, WHITELISTED);
        if (config->mpk_preserve)
            function_add_attribute(f, PRESERVE_ATTRIBUTE, "");
        if (!config->verify_arguments)
            function_add_attribute(f, UNCHECKED_ARGUMENTS_ATTRIBUTE, "");
        if (config->proof != CONFIG_PROOF_ERROR)
            function_add_attribute(f, PROOF_ATTRIBUTE, proof_names[config->proof]);
    }
}

/* Entries of the array are structs that start with the annotated object and the string. */
static void exempt_annotated(LLVMModuleRef module)
{
    LLVMValueRef annotations = LLVMGetNamedGlobal(module, "llvm.global.annotations");
    LLVMValueRef entries = annotations ? LLVMGetInitializer(annotations) : NULL;

    for (int i = 0; entries && i < LLVMGetNumOperands(entries); i++) {
        LLVMValueRef entry = LLVMGetOperand(entries, (unsigned)i);
        LLVMValueRef function = LLVMGetOperand(entry, 0);
        LLVMValueRef string = LLVMGetOperand(entry, 1);
        size_t length;
        if (!LLVMIsAFunction(function) || LLVMIsDeclaration(function) ||
            !LLVMIsAGlobalVariable(string) || !LLVMIsConstantString(LLVMGetInitializer(string)))
            continue;
        const char *text = LLVMGetAsString(LLVMGetInitializer(string), &length);
        if (length == sizeof NO_SANITIZE_ANNOTATION && !strcmp(text, NO_SANITIZE_ANNOTATION))
            function_add_attribute(function, TRUSTED_ATTRIBUTE, "no_sanitize");
    }
}

int config_exempt(LLVMModuleRef module, char *error, size_t error_size)
{
    struct bridge_ignore_list *list;
    size_t length;

    exempt_annotated(module);
    if (!bridge_ignore_list_open(&list, error, error_size))
        return -EINVAL;
    if (!list)
        return 0;
    bool all = bridge_ignore_list_has(list, "src", LLVMGetSourceFileName(module, &length));
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f) &&
            (all || bridge_ignore_list_has(list, "fun", LLVMGetValueName2(f, &length))))
            function_add_attribute(f, TRUSTED_ATTRIBUTE, "ignore list");
    }
    bridge_ignore_list_close(list);
    return 0;
}

bool config_of_function(LLVMValueRef function, const struct backend **backend, unsigned *mode)
{
    const char *value = function_attribute(function, MEMSENTRY_ATTRIBUTE);
    const char *colon = value ? strchr(value, ':') : NULL;

    if (!colon)
        return false;
    *backend = backend_find(value, (unsigned long)(colon - value));
    *mode = mode_from_name(colon + 1, strlen(colon + 1));
    return *backend && *mode;
}

enum config_proof config_proof_of_function(LLVMValueRef function)
{
    const char *value = function_attribute(function, PROOF_ATTRIBUTE);

    if (!value)
        return CONFIG_PROOF_ERROR;
    return strcmp(value, proof_names[CONFIG_PROOF_OFF]) ? CONFIG_PROOF_WARN : CONFIG_PROOF_OFF;
}

bool config_is_weaker(LLVMValueRef caller, LLVMValueRef callee)
{
    const char *confined = function_attribute(caller, MEMSENTRY_ATTRIBUTE);
    const char *wanted = function_attribute(callee, MEMSENTRY_ATTRIBUTE);

    if (!wanted)
        return false;
    return !confined || strcmp(confined, wanted) ||
           (function_has_attribute(caller, UNCHECKED_ARGUMENTS_ATTRIBUTE) &&
            !function_has_attribute(callee, UNCHECKED_ARGUMENTS_ATTRIBUTE)) ||
           config_proof_of_function(caller) != config_proof_of_function(callee);
}
