/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Questions that LLVM-C cannot answer. The C++ behind it depends on the LLVM version. */
#ifndef MEMSENTRY_BRIDGE_H
#define MEMSENTRY_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Command-line options, as given; strings live as long as the process. */
const char *bridge_option_prot_method(void); /* "" when absent */
const char *bridge_option_rw(void);
const char *bridge_option_whitelist_section(void);
bool bridge_option_verify_external_call_args(void);
size_t bridge_option_defense_count(void);
const char *bridge_option_defense(size_t index);

/* Reports through the diagnostic handler of the module's context; `instruction` may be NULL. */
void bridge_error(LLVMModuleRef module, LLVMValueRef instruction, const char *message);

/*
 * Splits the block before `before` and adds a block, entered when `condition` holds and marked
 * as unlikely, that comes back (or, when `no_return`, ends in unreachable). Returns the
 * terminator of the new block.
 */
LLVMValueRef bridge_split_unlikely(LLVMValueRef condition, LLVMValueRef before, bool no_return);

/*
 * Removes from an instruction whatever makes its result poison or lets LLVM assume something of
 * it: wrap flags, inbounds, !range, !nonnull and their like, attributes of a call's result.
 */
void bridge_drop_facts(LLVMValueRef instruction);

/* Whether the call may read or write memory through its argument number `index`. */
bool bridge_argument_may_read(LLVMValueRef call, unsigned index);
bool bridge_argument_may_write(LLVMValueRef call, unsigned index);

/* Adds a global to llvm.used, so that neither LLVM nor the linker drops it. */
void bridge_keep(LLVMModuleRef module, LLVMValueRef global);
/* Takes it out again. */
void bridge_release(LLVMModuleRef module, LLVMValueRef global);

/* The string that is operand 0 of operand `index` of named metadata; "" when there is none. */
const char *bridge_named_metadata_string(LLVMModuleRef module, const char *name, unsigned index,
                                         unsigned *length);
void bridge_erase_named_metadata(LLVMModuleRef module, const char *name);

#ifdef __cplusplus
}
#endif

#endif
