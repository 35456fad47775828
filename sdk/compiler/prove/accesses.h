/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The claims that one function has to keep. */
#ifndef MEMSENTRY_ACCESSES_H
#define MEMSENTRY_ACCESSES_H

#include <stdbool.h>

#include "../backends/backend.h"
#include "facts.h"
#include "paths.h"
#include "prove.h"

#define FACTS_CLAIM "the code generator is told nothing that an attacker can make untrue"

/* What the domain of a domain backend may be: bits of what is possible on some path. */
enum domain_state { DOMAIN_NONE = 0, DOMAIN_CLOSED = 1, DOMAIN_OPEN = 2 };

struct judge {
    struct proof *proof;
    const struct facts *facts;
    const struct paths *paths;
    unsigned mode; /* of enum access_mode */
    /*
     * The function is returned into twice: whatever was computed before that may come out of
     * the jmp_buf changed.
     */
    bool barrier;
    bool arguments; /* calls of other code are checked */
    /*
     * Where the instruction stands that is judged; DOMAIN_NONE when there is no domain. While
     * it is closed an access cannot reach a region; while it is open, accesses without a mark
     * have to be confined as for an address backend.
     */
    unsigned domain;
};

/*
 * Judges the gates of a function for a domain backend: `judge` has all but the state. Where
 * they are missing or too many, some path reaches an instruction with the domain in the wrong
 * state.
 */
bool judge_has_gates(LLVMValueRef function, const struct backend *backend, unsigned mode);
/* Where there is none the domain stays closed; needs no facts. */
void judge_never_open(const struct judge *judge, LLVMValueRef function);
void judge_gates(const struct judge *judge, const struct backend *backend, unsigned mode);

/* Judges all accesses of an instruction. */
void judge_instruction(const struct judge *judge, LLVMValueRef instruction);

/* Judges one access of an instruction: the bytes from `extent` beyond `pointer` on. */
void judge_access(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer,
                  struct range extent, unsigned mode);

/* Judges a call of an intrinsic, by what the table says of how far it goes. */
void judge_intrinsic(const struct judge *judge, LLVMValueRef call);

/* Judges the pointers and lengths that a call hands to code that is not instrumented. */
void judge_arguments(const struct judge *judge, LLVMValueRef call);

/* Judges addresses of functions whose calls are to be checked. */
void judge_addresses(const struct judge *judge, LLVMValueRef instruction);

/* Reports it as unproved; `value` is the operand in question, or NULL. */
void judge_fail(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value,
                const char *claim);

/*
 * Whether the bytes of `extent`, counted from `pointer`, are out of reach of the regions when
 * `instruction` accesses them.
 */
bool judge_address(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef pointer,
                   struct range extent);

/* Whether `value`, read as unsigned, is at most `limit` when `instruction` uses it. */
bool judge_length(const struct judge *judge, LLVMValueRef instruction, LLVMValueRef value,
                  uint64_t limit);

/* Whether a comparison on every path, or a call of the runtime, has shown what is wanted. */
struct wanted {
    const struct judge *judge;
    LLVMValueRef value;
    uint64_t limit;           /* of a length */
    unsigned checked_operand; /* of __memsentry_check_range */
    bool (*atom)(const struct wanted *, LLVMValueRef comparison, bool outcome);
};
bool judge_checked(const struct wanted *wanted, LLVMValueRef instruction);

/* Atom of judge_checked(): the outcome means that the value is at most its limit. */
bool judge_is_short(const struct wanted *wanted, LLVMValueRef comparison, bool outcome);

#endif
