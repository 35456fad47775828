/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Whether an object on the stack is only accessed within its bounds. */
#include <memsentry-pass.h>

#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "displacement.h"

struct walk {
    LLVMTargetDataRef layout;
    LLVMValueRef object;
    uint64_t size;
    LLVMValueRef *pending;
    size_t count, capacity;
};

static bool lies_within(struct walk *walk, LLVMValueRef pointer, struct interval size)
{
    struct chain chain;

    chain_of_pointer(walk->layout, pointer, &chain);
    for (unsigned k = 0; k < chain.length; k++) {
        if (chain.link[k] != walk->object)
            continue;
        wide end = chain.distance[k].hi + size.hi;
        return chain.distance[k].lo >= 0 && end <= (wide)walk->size;
    }
    return false;
}

static bool push(struct walk *walk, LLVMValueRef value)
{
    if (walk->count == walk->capacity) {
        size_t capacity = walk->capacity ? 2 * walk->capacity : 16;
        LLVMValueRef *grown = realloc(walk->pending, capacity * sizeof *grown);
        if (!grown)
            return false;
        walk->pending = grown;
        walk->capacity = capacity;
    }
    walk->pending[walk->count++] = value;
    return true;
}

static bool intrinsic_is_safe(struct walk *walk, LLVMValueRef call, LLVMValueRef pointer)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    size_t length;

    if (!LLVMIsAFunction(callee) || !LLVMGetIntrinsicID(callee))
        return false;
    const char *name = LLVMIntrinsicGetName(LLVMGetIntrinsicID(callee), &length);
    if (!strncmp(name, "llvm.lifetime.", 14))
        return pointer == walk->object;
    if (!strncmp(name, "llvm.memcpy", 11) || !strncmp(name, "llvm.memmove", 12) ||
        !strncmp(name, "llvm.memset", 11))
        return lies_within(walk, pointer, interval_of_value(LLVMGetOperand(call, 2), false));
    return false;
}

static bool use_is_safe(struct walk *walk, LLVMValueRef user, LLVMValueRef pointer)
{
    LLVMTypeRef type = LLVMTypeOf(user);

    if (!LLVMIsAInstruction(user))
        return false;
    switch (LLVMGetInstructionOpcode(user)) {
    case LLVMGetElementPtr:
        return LLVMGetTypeKind(type) == LLVMPointerTypeKind && push(walk, user);
    case LLVMLoad:
        return lies_within(walk, pointer, access_size(walk->layout, type));
    case LLVMStore:
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg: {
        bool store = LLVMGetInstructionOpcode(user) == LLVMStore;
        LLVMValueRef value = LLVMGetOperand(user, store ? 0 : 1);
        if (value == pointer ||
            (!store && LLVMGetNumOperands(user) > 2 && LLVMGetOperand(user, 2) == pointer))
            return false;
        return lies_within(walk, pointer, access_size(walk->layout, LLVMTypeOf(value)));
    }
    case LLVMCall:
        return intrinsic_is_safe(walk, user, pointer);
    default:
        return false;
    }
}

bool memsentry_object_is_safe(LLVMValueRef object)
{
    LLVMBasicBlockRef block =
        LLVMIsAInstruction(object) ? LLVMGetInstructionParent(object) : NULL;
    LLVMValueRef function = block ? LLVMGetBasicBlockParent(block) : LLVMGetParamParent(object);
    struct walk walk = {
        .layout = LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)),
        .object = object,
    };

    bool safe = object_size(walk.layout, object, &walk.size) && push(&walk, object);
    while (safe && walk.count) {
        LLVMValueRef pointer = walk.pending[--walk.count];
        for (LLVMUseRef use = LLVMGetFirstUse(pointer); use && safe; use = LLVMGetNextUse(use))
            safe = use_is_safe(&walk, LLVMGetUser(use), pointer);
    }
    free(walk.pending);
    return safe;
}
