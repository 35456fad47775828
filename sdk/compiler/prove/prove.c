/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions and modules. */
#include "prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "../bridge/bridge.h"
#include "../config.h"
#include "accesses.h"
#include "loops.h"

/* What the message follows of the chain that a pointer comes from. */
#define CHAIN_MAX 6

/* The clobbers that make a caller's registers come from its own frame, not from the jmp_buf. */
static bool saves_callers_registers(LLVMValueRef instruction)
{
    static const char registers[] = "~{rbx},~{r12},~{r13},~{r14},~{r15}";
    size_t length;

    if (!LLVMIsACallInst(instruction) || !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
        return false;
    const char *constraints =
        LLVMGetInlineAsmConstraintString(LLVMGetCalledValue(instruction), &length);
    return length == sizeof registers - 1 && !memcmp(constraints, registers, length);
}

static void judge_barrier(const struct judge *judge)
{
    const struct facts *facts = judge->facts;

    for (size_t i = 0; i < facts->count; i++) {
        if (saves_callers_registers(facts->instructions[i])) {
            judge->proof->proved++;
            return;
        }
    }
    for (size_t i = 0; i < facts->count; i++) {
        if (memsentry_returns_twice(facts->instructions[i])) {
            judge_fail(judge, facts->instructions[i], NULL,
                       "the registers of the function's caller outlive this call");
            return;
        }
    }
}

/* What is said of parameters, the code generator believes. */
static bool states_facts(LLVMValueRef function)
{
    static const char *const names[] = {"range", "nonnull", "dereferenceable",
                                        "dereferenceable_or_null"};

    /* Loops that do not end would be undefined behaviour. */
    static const char *const progress[] = {"mustprogress", "willreturn"};

    for (size_t i = 0; i < sizeof progress / sizeof progress[0]; i++) {
        unsigned kind = LLVMGetEnumAttributeKindForName(progress[i], strlen(progress[i]));
        if (LLVMGetEnumAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex, kind))
            return true;
    }
    return function_has_parameter(function, names, sizeof names / sizeof names[0]);
}

static void prove_domain(struct proof *proof, LLVMValueRef function,
                         const struct backend *backend, unsigned mode)
{
    struct facts facts;
    struct paths paths;
    struct judge judge = {
        .proof = proof,
        .facts = &facts,
        .paths = &paths,
        /* What cannot be read cannot be written either. */
        .mode = mode == ACCESS_WRITE ? ACCESS_WRITE : ACCESS_READ | ACCESS_WRITE,
        .barrier = function_has_instruction(function, memsentry_returns_twice),
    };

    /* Where code takes the place of accesses, none is left. */
    if (backend->replace || (!judge_has_gates(function, backend, mode) &&
                             !function_has_attribute(function, INNER_ATTRIBUTE))) {
        judge_never_open(&judge, function);
        return;
    }
    facts_compute(&facts, function);
    paths_compute(&paths, &facts);
    loops_refine(&facts, &paths);
    judge_gates(&judge, backend, mode);
    paths_free(&paths);
    facts_free(&facts);
}

void prove_function(struct proof *proof, LLVMValueRef function)
{
    const struct backend *backend;
    struct facts facts;
    struct paths paths;
    struct judge judge = {.proof = proof, .facts = &facts, .paths = &paths};

    if (LLVMIsDeclaration(function) || !config_of_function(function, &backend, &judge.mode))
        return;
    const bool domain = backend->gate_of || backend->replace;
    bool gated = domain && config_is_whitelisted(function);
    if (!gated &&
        (function_has_attribute(function, TRUSTED_ATTRIBUTE) || function_is_naked(function))) {
        proof->marked++;
        return;
    }
    if (domain) {
        prove_domain(proof, function, backend, judge.mode);
        return;
    }
    /* A baseline claims nothing. */
    if (!backend->mask)
        return;
    facts_compute(&facts, function);
    paths_compute(&paths, &facts);
    loops_refine(&facts, &paths);
    judge.arguments = !function_has_attribute(function, UNCHECKED_ARGUMENTS_ATTRIBUTE);
    for (size_t i = 0; i < facts.count; i++)
        judge.barrier = judge.barrier || memsentry_returns_twice(facts.instructions[i]);
    if (states_facts(function))
        judge_fail(&judge, facts.instructions[0], NULL, FACTS_CLAIM);
    for (size_t i = 0; i < facts.count; i++)
        judge_instruction(&judge, facts.instructions[i]);
    if (judge.barrier)
        judge_barrier(&judge);
    paths_free(&paths);
    facts_free(&facts);
}

/* ---- messages ---- */

struct message {
    char text[2048];
    size_t length;
};

static void append(struct message *message, const char *text, size_t length)
{
    size_t room = sizeof message->text - 1 - message->length;

    if (length > room)
        length = room;
    memcpy(message->text + message->length, text, length);
    message->length += length;
    message->text[message->length] = '\0';
}

static void append_string(struct message *message, const char *text)
{
    append(message, text, strlen(text));
}

/* An instruction as LLVM writes it, without what follows of metadata and attributes. */
static void append_value(struct message *message, LLVMValueRef value)
{
    char *text = LLVMPrintValueToString(value);
    char *start = text + strspn(text, " ");
    size_t length = strcspn(start, "!#\n");

    if (length > 120)
        length = 120;
    while (length && (start[length - 1] == ' ' || start[length - 1] == ','))
        length--;
    append(message, start, length);
    LLVMDisposeMessage(text);
}

static void append_line(struct message *message, LLVMValueRef instruction)
{
    char text[32];

    if (!LLVMIsAInstruction(instruction) || !LLVMGetDebugLocLine(instruction))
        return;
    snprintf(text, sizeof text, " (line %u)", LLVMGetDebugLocLine(instruction));
    append_string(message, text);
}

static void append_chain(struct message *message, LLVMValueRef value)
{
    for (int i = 0; i < CHAIN_MAX && value; i++) {
        append_string(message, i ? "; which comes from: " : ": ");
        append_value(message, value);
        append_line(message, value);
        bool goes_on = LLVMIsAInstruction(value) && !LLVMIsALoadInst(value) &&
                       !LLVMIsACallInst(value) && !LLVMIsAPHINode(value) &&
                       !LLVMIsAAllocaInst(value) && LLVMGetNumOperands(value) > 0;
        value = goes_on ? LLVMGetOperand(value, 0) : NULL;
    }
}

struct reporter {
    LLVMModuleRef module;
    bool warn;
};

static void report(void *context, const struct unproved *unproved)
{
    const struct reporter *reporter = context;
    struct message message = {.length = 0};

    append_string(&message, "MemSentry cannot prove that ");
    append_string(&message, unproved->claim);
    append_chain(&message, unproved->value ? unproved->value : unproved->instruction);
    if (!reporter->warn)
        append_string(&message, "; please report this as a bug of MemSentry, or compile with "
                                "'-fmemsentry-proof=warn'");
    (reporter->warn ? bridge_warning : bridge_error)(reporter->module, unproved->instruction,
                                                     message.text);
}

/* The addresses that a mask would help. */
struct collection {
    struct unproved *all;
    size_t count, capacity;
};

static void collect(void *context, const struct unproved *unproved)
{
    struct collection *collection = context;

    if (!unproved->maskable)
        return;
    if (collection->count == collection->capacity) {
        size_t capacity = collection->capacity ? 2 * collection->capacity : 16;
        struct unproved *grown = prove_allocate(capacity, sizeof *grown);
        if (collection->count)
            memcpy(grown, collection->all, collection->count * sizeof *grown);
        free(collection->all);
        collection->all = grown;
        collection->capacity = capacity;
    }
    collection->all[collection->count++] = *unproved;
}

static void summarize(LLVMValueRef function, const struct proof *proof)
{
    char message[96];

    snprintf(message, sizeof message, "%u accesses proved, %u marked, %u unproved",
             proof->proved, proof->marked, proof->unproved);
    bridge_remark(function, false, "Proof", message);
}

void prove_module(LLVMModuleRef module,
                  void (*mask)(LLVMValueRef instruction, LLVMValueRef address))
{
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        enum config_proof wanted = config_proof_of_function(f);
        struct reporter reporter = {module, wanted == CONFIG_PROOF_WARN};
        struct collection maskable = {0};
        struct proof proof = {.report = collect, .context = &maskable};
        if (LLVMIsDeclaration(f) || wanted == CONFIG_PROOF_OFF)
            continue;
        prove_function(&proof, f);
        for (size_t i = 0; mask && i < maskable.count; i++)
            mask(maskable.all[i].instruction, maskable.all[i].value);
        free(maskable.all);
        if (proof.unproved) {
            proof = (struct proof){.report = report, .context = &reporter};
            prove_function(&proof, f);
        }
        if (bridge_remarks_enabled(f))
            summarize(f, &proof);
    }
}
