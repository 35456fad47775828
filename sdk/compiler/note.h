/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an object says of itself: the ELF note of abi.h and the symbols that tie it to others.
 */
#ifndef MEMSENTRY_NOTE_H
#define MEMSENTRY_NOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

struct config;

/*
 * Records the configuration in the module unless one is recorded already. Until the object is
 * made the record is named metadata: a linker of bitcode puts the records of all modules
 * together.
 */
void note_record(const struct config *config, LLVMModuleRef module);

/* Whether something was recorded by a compilation of this module that ended before a link. */
bool note_is_recorded(LLVMModuleRef module);

/*
 * Adds the defenses of all records to `config`. Returns 0, or a negative errno with the message
 * in `error` when a record is not of this version.
 */
int note_defenses(struct config *config, LLVMModuleRef module, char *error, size_t error_size);

/* Turns the records into ELF notes, one for each. */
void note_emit(LLVMModuleRef module);

/* Ties the object to the version of the runtime that it was compiled for: see abi.h. */
void note_refer_to_abi(LLVMModuleRef module);

/*
 * Bitcode that is to be instrumented by the linker refers to a symbol that nobody defines, and
 * instrumentation removes the reference: what was left out does not link.
 */
void note_require_link(LLVMModuleRef module);
void note_release_link(LLVMModuleRef module);

#endif
