/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The instrumentation. */
#ifndef MEMSENTRY_MEDIATE_H
#define MEMSENTRY_MEDIATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

#include <memsentry-pass.h>

#include "../backends/backend.h"
#include "../bounds/interval.h"
#include "access.h"

/* What holds for a whole function while it is instrumented. */
struct mediation {
    LLVMModuleRef module;
    LLVMTargetDataRef layout;
    LLVMBuilderRef builder;
    const struct backend *backend;
    unsigned mode; /* of enum access_mode */
    enum memsentry_stack stack;
    /*
     * A call in it returns twice: what was confined before that call may come back from the
     * jmp_buf changed, so nothing that was computed earlier counts as confined.
     */
    bool barrier;
    bool remarks; /* somebody listens to them */
    unsigned masked, exempt;
};

/*
 * Instruments a function that has the attribute and not the mark of being done; `optimize`: so
 * that few masks are left when equal ones are merged. Returns whether it did.
 */
bool mediate_function(LLVMValueRef function, bool optimize);

/*
 * Masks `address`, an operand of an instruction of such a function, right before it. For what
 * was left without a mask because of a bound that is not to be seen any more.
 */
void mediate_again(LLVMValueRef instruction, LLVMValueRef address);

/*
 * Confines what an instruction accesses beside a safe region: the other side of a copy. For
 * domain backends, whose gates let both sides pass.
 */
void mediate_ordinary_side(LLVMValueRef instruction);

/*
 * Operands of which it is said that no bit is in both are added instead, which is as true
 * whatever they turn out to be: a sum is what addresses are made of, and without the flag the
 * code generator would compute an or apart. Before a defense decides anything by bounds.
 */
void mediate_add_disjoint(LLVMValueRef function);

/*
 * Removes what would let later passes or the code generator conclude something of an address
 * from memory contents or from undefined behaviour.
 */
void mediate_drop_facts(LLVMValueRef function);

/*
 * Returns a pointer equal to the access's whenever that lies out of the regions' reach, and
 * confined in any case, for that access right after the builder's position. It is the access's
 * own pointer when nothing need be done. Says in *reason why it did what it did.
 */
LLVMValueRef mediate_confine(const struct mediation *m, const struct access *access,
                             const char **reason);

/* What mediate_confine() would mask for that access; NULL when nothing need be. */
LLVMValueRef mediate_base(const struct mediation *m, LLVMValueRef pointer,
                          struct interval extent);

/*
 * Where only writes are confined: makes reads use the base that is masked for a write. First of
 * all that is done to a function, whose instructions these are.
 */
void mediate_share(const struct mediation *m, const LLVMValueRef *instructions, size_t count);

/* Whether `pointer` lies out of the regions' reach as it is. */
bool mediate_is_confined(const struct mediation *m, LLVMValueRef pointer);

/*
 * Checks the pointers that a call hands to code which is not instrumented. Returns the call
 * that stands there now.
 */
LLVMValueRef mediate_arguments(const struct mediation *m, LLVMValueRef call);

/*
 * Calls the slow path of such a check for a call of `name`, where the builder stands; `length`
 * is NULL when it is not known.
 */
void mediate_call_stub(const struct mediation *m, LLVMValueRef pointer, LLVMValueRef length,
                       const char *name);

/*
 * Puts a function of the module's own, which checks and passes on, in the place of every
 * external function of the tables whose address covered code takes: a call by that address is
 * checked as one by name is. Before the module's functions get their configuration.
 */
void mediate_addresses(LLVMModuleRef module);

/* In link-time optimization other modules bring bodies that nobody asked to instrument. */
bool mediate_is_instrumented(LLVMValueRef function);

/* The name that the tables of external functions know it by. */
const char *mediate_external_name(LLVMValueRef function);

/*
 * Makes an ordinary load of llvm.load.relative, which goes from its pointer as far as another
 * operand says: tables of relative addresses are read by it. Returns the load, or `instruction`
 * when that is something else.
 */
LLVMValueRef mediate_relative(const struct mediation *m, LLVMValueRef instruction);

/* Traps before a memory intrinsic whose length exceeds the guard. */
void mediate_length(const struct mediation *m, LLVMValueRef instruction, LLVMValueRef pointer);

/* Traps before a tile whose rows lie further apart than the guard allows. */
void mediate_stride(const struct mediation *m, LLVMValueRef call, LLVMValueRef pointer);

/* Traps before `instruction` when `excess` holds: an access too long, at `pointer`. */
void mediate_trap(const struct mediation *m, LLVMValueRef instruction, LLVMValueRef excess,
                  LLVMValueRef pointer, LLVMValueRef length);

/*
 * Confines each lane of an intrinsic with indices so wide that they reach any address from a
 * confined base. Returns false, and does nothing, for every other instruction.
 */
bool mediate_indexed(const struct mediation *m, LLVMValueRef call);

/*
 * Makes operand `index` of `instruction` a definite value, so that what is checked is what is
 * used: a comparison of an undefined value may be left out altogether, and behind a barrier all
 * that was known of a value (that it is the extension of a narrower one, say) is void.
 */
void mediate_settle(const struct mediation *m, LLVMValueRef instruction, unsigned index);

/* `length` read as unsigned, in 64 bits. */
LLVMValueRef mediate_word(const struct mediation *m, LLVMValueRef length);

/* The declaration of a void function of the runtime. */
LLVMValueRef mediate_runtime_function(const struct mediation *m, const char *name,
                                      LLVMTypeRef type, bool no_return);

#endif
