/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the compile-time half of a defense may ask of MemSentry, and how it presents itself;
 * docs/sdk.md is the tutorial. Values are LLVM-C's; C++ has llvm::wrap() and llvm::unwrap().
 *
 * All functions here are to be called from within the functions of struct memsentry_defense
 * only, on values of the module that those were given.
 */
#ifndef MEMSENTRY_PASS_H
#define MEMSENTRY_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include <llvm-c/Types.h>
#include <llvm/Config/llvm-config.h>

#include "memsentry/abi.h"

#ifdef __cplusplus
extern "C" {
#endif
/* What the plugin exports to defenses, and they to it, whatever they are compiled with. */
#pragma GCC visibility push(default)

/* Of this interface and of the LLVM that values belong to: 2022 is interface 2 for LLVM 22. */
#define MEMSENTRY_PASS_VERSION (MEMSENTRY_PASS_INTERFACE * 1000 + LLVM_VERSION_MAJOR)

/*
 * What a defense is. The prebuilt ones are linked into the plugin; another is a shared object
 * that defines the constant `memsentry_defense` and that -fmemsentry-defense= names.
 *
 * With link-time optimization `run` may be called by several threads at once, for a module
 * each; what a defense keeps beside the module has to bear that.
 */
struct memsentry_defense {
    uint32_t version; /* MEMSENTRY_PASS_VERSION; the first member for ever */
    /*
     * Lower-case letters, digits and hyphens: what objects record, and options name. The driver
     * reads it from the file, hence no pointer.
     */
    char name[MEMSENTRY_DEFENSE_NAME_SIZE];
    /*
     * NULL, or called once per module as the front end made it, before the optimiser: for what
     * only its types and metadata tell. Not called again at link.
     *
     * CAUTION: the optimiser drops metadata and merges instructions. Marks made here, such as
     * those of memsentry_saferegion_access(), do not last; make them in `run`.
     */
    int (*classify)(LLVMModuleRef module);
    /*
     * Transforms the module, once, after the optimiser and before MemSentry's instrumentation:
     * prebuilt defenses in the order of defenses.def, then the others in that of the command
     * line. May see functions that it transformed before (merged modules) and must leave those
     * alone.
     *
     * Both return 0 or a negative errno, which stops the compilation; memsentry_error() says
     * why, or else the plugin does.
     */
    int (*run)(LLVMModuleRef module);
    /* The keys of its options, ended by NULL; or NULL when it has none. */
    const char *const *options;
};

/* Of a shared object. */
extern const struct memsentry_defense memsentry_defense;

/*
 * What -fmemsentry-defense-arg=NAME:KEY=VALUE says, the last one; NULL when there is none. KEY
 * has to be one of defense->options. The string lives as long as the process. Thread-safe.
 */
const char *memsentry_option(const struct memsentry_defense *defense, const char *key);

/*
 * Declares that `instruction` (a load, a store, an atomic operation or a call) belongs to the
 * defense and may reach the safe region: MemSentry does not confine it.
 *
 * CAUTION: the address must not be under the influence of memory that the program can write.
 */
void memsentry_saferegion_access(LLVMValueRef instruction);

/* Whether `instruction` carries the mark of memsentry_saferegion_access(). */
bool memsentry_is_saferegion_access(LLVMValueRef instruction);

/*
 * Emits code that moves `pointer` (a pointer or a vector of pointers) out of reach of the safe
 * regions and returns the result; a pointer that cannot reach them anyway keeps its value. The
 * code is pure arithmetic: LLVM may merge and hoist it. The builder must stand in a function
 * that MemSentry covers; elsewhere, and under a backend that confines no addresses, `pointer`
 * itself is returned.
 */
LLVMValueRef memsentry_confine(LLVMBuilderRef builder, LLVMValueRef pointer);

/*
 * As memsentry_confine(), but the code stays where it is and its result is not known to be
 * equal to any other: what a function needs that setjmp() returns into, because the registers
 * that hold a confined pointer come from the attacker-writable jmp_buf there.
 */
LLVMValueRef memsentry_confine_here(LLVMBuilderRef builder, LLVMValueRef pointer);

/*
 * Whether `pointer` is a result of memsentry_confine(), or an alignment of one; true of all
 * under a backend that confines no addresses.
 */
bool memsentry_is_confined(LLVMValueRef pointer);

/*
 * Whether every use of `object` (an alloca of constant size in the entry block, or a byval
 * argument) is an access that lies within it, as shown by constants and operand widths alone:
 * never by attributes, metadata, assumptions or the absence of undefined behaviour.
 */
bool memsentry_object_is_safe(LLVMValueRef object);

/* Whether the call may return twice (setjmp, vfork). */
bool memsentry_returns_twice(LLVMValueRef call);

/* What the native stack is to the accesses of a function. */
enum memsentry_stack {
    MEMSENTRY_STACK_NORMAL, /* program memory, as everywhere when no defense says otherwise */
    MEMSENTRY_STACK_SAFE,   /* a safe region: only accesses proved to lie within their object */
    MEMSENTRY_STACK_EXEMPT, /* a safe region, yet accesses to local variables stay as they are
                             */
};

/*
 * States what the stack of `function` is.
 *
 * CAUTION: MEMSENTRY_STACK_EXEMPT lets an overflow of a local variable reach the safe region.
 */
void memsentry_set_stack(LLVMValueRef function, enum memsentry_stack stack);
enum memsentry_stack memsentry_get_stack(LLVMValueRef function);

/* Whether loads of `function` are confined as well as stores (modes r and rw). */
bool memsentry_confines_reads(LLVMValueRef function);

/*
 * Replaces `call` (a call or an invoke) by one that passes the pointer `chain` in the register
 * of the static chain, beside the arguments of the calling convention. A callee that does not
 * expect it does not notice. Returns the new call.
 */
LLVMValueRef memsentry_pass_chain(LLVMValueRef call, LLVMValueRef chain);

/*
 * Replaces `function` by one that receives the static chain as its first parameter and `count`
 * parameters of the types `added` after those that it had; `variadic` says whether it still
 * takes variable arguments. Callers need no change as long as the old and the new parameters
 * lie in the same registers. Returns the new function, which has the body; `function` is gone.
 */
LLVMValueRef memsentry_receive_chain(LLVMValueRef function, LLVMTypeRef *added, unsigned count,
                                     bool variadic);

/* Reports an error of the compilation the way LLVM does. `message` is copied. */
void memsentry_error(LLVMModuleRef module, const char *message);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
