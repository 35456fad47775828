/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is to be done to a module, and how that travels in the attributes of its functions. */
#ifndef MEMSENTRY_CONFIG_H
#define MEMSENTRY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

#include "backends/backend.h"
#include "function.h"

struct memsentry_defense;

/* Attributes beside those of abi.h: between the stages of the plugin only. */
/* This function is not instrumented, and fenced; the value says why. */
#define TRUSTED_ATTRIBUTE "memsentry-trusted"
#define UNCHECKED_ARGUMENTS_ATTRIBUTE "memsentry-unchecked-arguments"
#define STACK_ATTRIBUTE "memsentry-stack"
#define PROOF_ATTRIBUTE "memsentry-proof"
/* This function is entered, and left, with the domain open: called by trusted code only. */
#define INNER_ATTRIBUTE "memsentry-inner"
/* Gates leave the rights of other protection keys as they are. */
#define PRESERVE_ATTRIBUTE "memsentry-mpk-preserve"

/* What MEMSENTRY_REVIEWED_ASM writes; a comment outlives the optimiser. */
#define REVIEWED_ASSEMBLY "/* memsentry: reviewed */"

enum access_mode { ACCESS_READ = 1, ACCESS_WRITE = 2 };

/* What becomes of an access that is not proved. */
enum config_proof { CONFIG_PROOF_ERROR, CONFIG_PROOF_WARN, CONFIG_PROOF_OFF };

#define CONFIG_DEFENSES_MAX 16

struct config {
    const struct backend *backend; /* NULL: the plugin has nothing to do */
    unsigned mode;                 /* of enum access_mode */
    const char *whitelist_section;
    bool verify_arguments;
    bool mpk_preserve;
    enum config_proof proof;
    /* By the lines of defenses.def, then what loader.h loads; NULL: not wanted. */
    const struct memsentry_defense *defenses[CONFIG_DEFENSES_MAX];
};

/*
 * Reads the command line. Returns 0, or -EINVAL (a value that is none) or -ENOTSUP (one that
 * this build lacks) with the message in `error`.
 */
int config_from_options(struct config *config, char *error, size_t error_size);

/*
 * Adds the defense of that name, which need not end in a zero byte: a prebuilt one, or one that
 * has been loaded. Returns 0, -EINVAL when there is none or -ENOTSUP when this build lacks it.
 */
int config_add_defense(struct config *config, const char *name, size_t length);

/* Whether defenses.def has that name. */
bool config_is_prebuilt(const char *name);

/* "r", "w" or "rw". */
const char *config_mode_name(unsigned mode);

/* Writes the configuration into the attributes of every function that has a body and lacks it.
 */
void config_attach(const struct config *config, LLVMModuleRef module);

/*
 * Exempts the functions that the source (MEMSENTRY_NO_SANITIZE) or -memsentry-ignorelist=
 * names. Returns 0, or -EINVAL with the message in `error` when the list cannot be read.
 */
int config_exempt(LLVMModuleRef module, char *error, size_t error_size);

/*
 * The configuration of one function, from its attributes. Returns false when it has none, which
 * is also said of an attribute that cannot be read.
 */
bool config_of_function(LLVMValueRef function, const struct backend **backend, unsigned *mode);

/*
 * Whether code of `callee` that is inlined into `caller` would be confined less than it is in
 * its own place, or be proved in another way.
 */
bool config_is_weaker(LLVMValueRef caller, LLVMValueRef callee);

/* An error unless the function's attributes say otherwise. */
enum config_proof config_proof_of_function(LLVMValueRef function);

/* Whether `instruction` calls a function that has the domain open when it is entered. */
bool config_is_inner_call(LLVMValueRef instruction);

/* Whether the function may access safe regions: it is in the whitelisted section. */
bool config_is_whitelisted(LLVMValueRef function);

#endif
