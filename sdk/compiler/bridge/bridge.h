/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Questions that LLVM-C cannot answer. The C++ behind it depends on the LLVM version. */
#ifndef MEMSENTRY_BRIDGE_H
#define MEMSENTRY_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llvm-c/Types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Command-line options, as given; strings live as long as the process. */
const char *bridge_option_prot_method(void); /* "" when absent */
const char *bridge_option_rw(void);
const char *bridge_option_whitelist_section(void);
bool bridge_option_verify_external_call_args(void);
bool bridge_option_mpk_preserve(void);
const char *bridge_option_benchdomain_points(void); /* "" when absent */
const char *bridge_option_benchdomain_file(void);
bool bridge_option_benchdomain_count(void);
const char *bridge_option_proof(void);
size_t bridge_option_defense_count(void);
const char *bridge_option_defense(size_t index);
size_t bridge_option_defense_file_count(void);
const char *bridge_option_defense_file(size_t index);
size_t bridge_option_defense_arg_count(void);
const char *bridge_option_defense_arg(size_t index);

/*
 * Opens the file of -memsentry-ignorelist=, in the format of clang's special case lists,
 * section [memsentry]. *list is NULL when there is no such option. Returns false with the
 * message in `error` when the file cannot be read. The caller closes it.
 */
struct bridge_ignore_list;
bool bridge_ignore_list_open(struct bridge_ignore_list **list, char *error, size_t error_size);
bool bridge_ignore_list_has(const struct bridge_ignore_list *list, const char *prefix,
                            const char *query);
void bridge_ignore_list_close(struct bridge_ignore_list *list);

/* Whether anybody listens to remarks (-Rpass=memsentry and its like); they cost time to make.
 */
bool bridge_remarks_enabled(LLVMValueRef function);

/* A remark at `instruction`, or at its function when `instruction` is one. */
void bridge_remark(LLVMValueRef instruction, bool missed, const char *name,
                   const char *message);

/* Reports through the diagnostic handler of the module's context; `instruction` may be NULL. */
void bridge_error(LLVMModuleRef module, LLVMValueRef instruction, const char *message);

/*
 * Warns, as -memsentry-asm= says, at a call of inline assembly; `call` is NULL for the assembly
 * of the whole module.
 */
void bridge_warn_assembly(LLVMModuleRef module, LLVMValueRef call, const char *message);

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

/* Whether there is anything that bridge_drop_facts() would remove; llvm.assume is. */
bool bridge_states_facts(LLVMValueRef instruction);

/* As bridge_error(), but the compilation goes on. */
void bridge_warning(LLVMModuleRef module, LLVMValueRef instruction, const char *message);

/*
 * Whether an instruction may read or write memory; of an intrinsic, whether it may do so at an
 * address, by its declaration alone.
 */
bool bridge_may_read(LLVMValueRef instruction);
bool bridge_may_write(LLVMValueRef instruction);

/* Whether an intrinsic may, by its declaration, do so through its argument number `index`. */
bool bridge_argument_may_read(LLVMValueRef call, unsigned index);
bool bridge_argument_may_write(LLVMValueRef call, unsigned index);

/* The opcode as assembly has it; lives as long as the process. */
const char *bridge_opcode_name(LLVMValueRef instruction);

/* Whether a pointer is a swifterror argument or alloca, which is a register and no memory. */
bool bridge_is_swift_error(LLVMValueRef pointer);

/*
 * Puts `replacement` in the place of `function` wherever its address is taken: by an
 * instruction of a function that `covers` answers true for, other than a comparison with null,
 * and by initial values of variables. Returns whether there was such a place; NULL only asks.
 */
bool bridge_replace_address(LLVMValueRef function, LLVMValueRef replacement,
                            bool (*covers)(LLVMValueRef function));

/*
 * Replaces a call of a variadic function by one with at least `count` arguments, those added
 * being zero. Returns the call that stands there now: the same when it need or can not change.
 */
LLVMValueRef bridge_pad_call(LLVMValueRef call, unsigned count);

/* Gives every edge from a block with several successors to one with several ways in its own
 * block.
 */
void bridge_split_critical_edges(LLVMValueRef function);
/* Takes blocks out again that have nothing but a branch. */
void bridge_fold_empty_blocks(LLVMValueRef function);

/*
 * How often each block of `function` runs, in their order, by LLVM's estimate; only ratios mean
 * something. `frequencies` has room for all.
 */
void bridge_block_frequencies(LLVMValueRef function, uint64_t *frequencies);

/*
 * Has `function` called when the program, or the library that the module is linked into, ends;
 * once, when several modules bring it along in the same COMDAT.
 */
void bridge_call_at_exit(LLVMModuleRef module, LLVMValueRef function);

/* Adds a global to llvm.used, so that neither LLVM nor the linker drops it. */
void bridge_keep(LLVMModuleRef module, LLVMValueRef global);
/* Adds a global to llvm.compiler.used: LLVM takes it for one that unknown code refers to. */
void bridge_expose(LLVMModuleRef module, LLVMValueRef global);
/* Takes it out again, of either. */
void bridge_release(LLVMModuleRef module, LLVMValueRef global);

/*
 * Moves the body of `function` into a new local one, whose name has `suffix` at its end, and
 * leaves a call of that in its place. Returns the new function.
 */
LLVMValueRef bridge_split_entry(LLVMValueRef function, const char *suffix);

/*
 * Replaces a call by one that passes `chain` in the register of the static chain: as
 * its last argument, or as the first where it must be a tail call. Returns the new call.
 */
LLVMValueRef bridge_call_with_chain(LLVMValueRef call, LLVMValueRef chain);

/*
 * Replaces a function by one that receives the static chain as its first parameter and `added`
 * after those that it had, with the same body. Returns the new function.
 */
LLVMValueRef bridge_function_with_chain(LLVMValueRef function, LLVMTypeRef *added,
                                        unsigned count, bool variadic);

#ifdef __cplusplus
}
#endif

#endif
