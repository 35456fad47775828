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
 * Records the configuration in the module unless it has been recorded. The record is a constant
 * that refers to a symbol which nobody defines: bitcode that is to be instrumented by the
 * linker, and was not, does not link. Merging of modules keeps the records of all, importing of
 * functions takes none along.
 */
void note_record(const struct config *config, LLVMModuleRef module);

/* Whether there is a record. */
bool note_is_recorded(LLVMModuleRef module);

/*
 * Turns the records into ELF notes, one for each, and adds their defenses to `config`. Returns
 * 0, or a negative errno with the message in `error` when a record is not of this version, or
 * of other defenses than those that are loaded.
 */
int note_finish(struct config *config, LLVMModuleRef module, char *error, size_t error_size);

/* Ties the object to the version of the runtime that it was compiled for: see abi.h. */
void note_refer_to_abi(LLVMModuleRef module);

#endif
