/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Changes that can be taken back. */
#include "mutate.h"

#include <stdlib.h>

#include <llvm-c/Core.h>

void edit_operand(struct edit *edit, LLVMValueRef user, unsigned operand, LLVMValueRef value)
{
    if (edit->count == edit->capacity) {
        edit->capacity = edit->capacity ? 2 * edit->capacity : 16;
        edit->changes = realloc(edit->changes, edit->capacity * sizeof *edit->changes);
        if (!edit->changes)
            abort();
    }
    edit->changes[edit->count].user = user;
    edit->changes[edit->count].operand = operand;
    edit->changes[edit->count++].before = LLVMGetOperand(user, operand);
    LLVMSetOperand(user, operand, value);
}

void edit_uses(struct edit *edit, LLVMValueRef value, LLVMValueRef other)
{
    size_t count = 0, i = 0;

    /* The list changes under the hands of who walks it. */
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use))
        count++;
    LLVMValueRef *users = calloc(count + 1, sizeof(LLVMValueRef));
    if (!users)
        abort();
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use))
        users[i++] = LLVMGetUser(use);
    for (i = 0; i < count; i++) {
        for (unsigned k = 0; k < (unsigned)LLVMGetNumOperands(users[i]); k++) {
            if (LLVMGetOperand(users[i], k) == value)
                edit_operand(edit, users[i], k, other);
        }
    }
    free(users);
}

void edit_add(struct edit *edit, LLVMValueRef instruction)
{
    edit->added[edit->added_count++] = instruction;
}

void edit_undo(struct edit *edit)
{
    while (edit->count) {
        edit->count--;
        LLVMSetOperand(edit->changes[edit->count].user, edit->changes[edit->count].operand,
                       edit->changes[edit->count].before);
    }
    while (edit->added_count)
        LLVMInstructionEraseFromParent(edit->added[--edit->added_count]);
}
