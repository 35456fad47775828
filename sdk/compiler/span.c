/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Spans: trusted code within an ordinary function; see span.h. */
#include "span.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "blocks.h"
#include "bridge/bridge.h"
#include "config.h"
#include "fence.h"

/* The end of a scope passes a pointer to the variable that goes out of it. */
static const struct {
    const char *name;
    int step;
} markers[] = {
    {"memsentry_open", 1},
    {"memsentry_close", -1},
    {"memsentry_close_scope", -1},
};
#define MARKERS (sizeof markers / sizeof markers[0])

/* How many spans are open where a block starts. */
struct block {
    int depth;
    bool reached, done;
};

struct spans {
    LLVMModuleRef module;
    struct blocks numbers;
    struct block *blocks; /* by number */
    void (*visit)(LLVMValueRef instruction);
    bool failed;
};

static int step_of(LLVMValueRef instruction)
{
    size_t length;

    if (!LLVMIsACallInst(instruction) && !LLVMIsAInvokeInst(instruction))
        return 0;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    if (!LLVMIsAFunction(callee))
        return 0;
    const char *name = LLVMGetValueName2(callee, &length);
    for (size_t i = 0; i < MARKERS; i++) {
        if (!strcmp(name, markers[i].name))
            return markers[i].step;
    }
    return 0;
}

static void complain(struct spans *spans, LLVMValueRef instruction, const char *message)
{
    /* What follows from the first need not be said. */
    if (!spans->failed)
        bridge_error(spans->module, instruction, message);
    spans->failed = true;
}

/* Returns how many spans are open at the end of the block. */
static int walk_block(struct spans *spans, size_t number)
{
    int depth = spans->blocks[number].depth;

    for (LLVMValueRef i = LLVMGetFirstInstruction(spans->numbers.at[number]); i;
         i = LLVMGetNextInstruction(i)) {
        int step = step_of(i);
        if (step < 0 && depth == 0)
            complain(spans, i, "'memsentry_close' without 'memsentry_open' on the way to it");
        else
            depth += step;
        if (step == 0 && depth > 0)
            spans->visit(i);
        LLVMOpcode opcode = LLVMGetInstructionOpcode(i);
        if (depth > 0 && (opcode == LLVMRet || opcode == LLVMResume))
            complain(spans, i,
                     "the function is left between 'memsentry_open' and 'memsentry_close'");
    }
    return depth;
}

static void enter(struct spans *spans, LLVMBasicBlockRef next, int depth, LLVMValueRef from)
{
    struct block *block = &spans->blocks[blocks_find(&spans->numbers, next)];

    if (block->reached && block->depth != depth)
        complain(spans, from,
                 "'memsentry_open' and 'memsentry_close' differ on the ways that meet here");
    if (block->reached)
        return;
    block->reached = true;
    block->depth = depth;
}

static bool step(struct spans *spans)
{
    bool progress = false;

    for (size_t b = 0; b < spans->numbers.count; b++) {
        struct block *block = &spans->blocks[b];
        if (!block->reached || block->done)
            continue;
        block->done = progress = true;
        int depth = walk_block(spans, b);
        LLVMValueRef terminator = LLVMGetBasicBlockTerminator(spans->numbers.at[b]);
        for (unsigned s = 0; s < LLVMGetNumSuccessors(terminator); s++)
            enter(spans, LLVMGetSuccessor(terminator, s), depth, terminator);
    }
    return progress;
}

static void walk_function(struct spans *spans, LLVMValueRef function)
{
    blocks_number(&spans->numbers, function);
    spans->blocks = blocks_allocate(spans->numbers.count, sizeof *spans->blocks);
    spans->blocks[0].reached = true;
    while (step(spans))
        ;
    free(spans->blocks);
    blocks_free(&spans->numbers);
}

static bool is_marker(LLVMValueRef instruction)
{
    return step_of(instruction) != 0;
}

static bool uses_markers(LLVMModuleRef module)
{
    for (size_t i = 0; i < MARKERS; i++) {
        if (LLVMGetNamedFunction(module, markers[i].name))
            return true;
    }
    return false;
}

static void mark(LLVMValueRef instruction)
{
    /* Functions are not part of the span: they check, or open, for themselves. */
    if (!calls_function(instruction) &&
        (bridge_may_read(instruction) || bridge_may_write(instruction)))
        memsentry_saferegion_access(instruction);
}

static void remove_markers(LLVMValueRef function)
{
    LLVMValueRef next;

    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
            next = LLVMGetNextInstruction(i);
            if (step_of(i))
                LLVMInstructionEraseFromParent(i);
        }
    }
}

/* Walks the spans of every function that has some. */
static void resolve(LLVMModuleRef module, void (*visit)(LLVMValueRef), bool remove)
{
    if (!uses_markers(module))
        return;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        struct spans spans = {.module = module, .visit = visit};
        if (LLVMIsDeclaration(f) || !function_has_attribute(f, MEMSENTRY_ATTRIBUTE) ||
            !function_has_instruction(f, is_marker))
            continue;
        /* What is trusted as a whole has no spans, what is left alone cannot have any. */
        if (!function_has_attribute(f, TRUSTED_ATTRIBUTE))
            walk_function(&spans, f);
        else if (!config_is_whitelisted(f))
            complain(&spans, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(f)),
                     "a function that is not instrumented cannot use 'memsentry_open'");
        if (remove || spans.failed)
            remove_markers(f);
    }
}

void span_resolve(LLVMModuleRef module)
{
    resolve(module, mark, true);
}

void span_fence(LLVMModuleRef module)
{
    resolve(module, fence_call, false);
}
