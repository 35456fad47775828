/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What could go wrong in instrumented code, one kind after the other. */
#include "mutate.h"

#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>
#include <memsentry/layout.h>

#include "function.h"

static LLVMTypeRef word_like(LLVMValueRef value)
{
    return LLVMInt64TypeInContext(LLVMGetTypeContext(LLVMTypeOf(value)));
}

static bool is_split_constant(LLVMValueRef value)
{
    if (LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind) {
        if (!LLVMIsAConstantDataVector(value))
            return false;
        value = LLVMGetAggregateElement(value, 0);
    }
    return LLVMIsAConstantInt(value) && LLVMGetIntTypeWidth(LLVMTypeOf(value)) == 64 &&
           LLVMConstIntGetZExtValue(value) == MEMSENTRY_SPLIT;
}

static bool is_operation(LLVMValueRef value, LLVMOpcode opcode)
{
    return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == opcode;
}

static bool is_arithmetic_mask(LLVMValueRef instruction)
{
    return is_operation(instruction, LLVMOr) &&
           is_split_constant(LLVMGetOperand(instruction, 1));
}

static bool is_assembly(LLVMValueRef instruction, const char *start)
{
    size_t length;

    if (!LLVMIsACallInst(instruction) || !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
        return false;
    const char *code = LLVMGetInlineAsmAsmString(LLVMGetCalledValue(instruction), &length);
    return length >= strlen(start) && !memcmp(code, start, strlen(start));
}

/* A check stands where a mask would. */
static bool is_check(LLVMValueRef instruction)
{
    return is_assembly(instruction, ".ifc ");
}

static bool is_assembly_mask(LLVMValueRef instruction)
{
    return is_assembly(instruction, "btsq ") || is_check(instruction);
}

bool is_mask(LLVMValueRef instruction)
{
    return is_arithmetic_mask(instruction) || is_assembly_mask(instruction);
}

static bool delete_mask(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                        LLVMValueRef *left)
{
    if (!is_mask(instruction))
        return false;
    *changed = instruction;
    *left = LLVMGetOperand(instruction, 0);
    edit_uses(edit, instruction, *left);
    return edit->count > 0;
}

bool confines(LLVMValueRef function, char mode)
{
    LLVMAttributeRef attribute =
        LLVMGetStringAttributeAtIndex(function, (unsigned)LLVMAttributeFunctionIndex,
                                      MEMSENTRY_ATTRIBUTE, strlen(MEMSENTRY_ATTRIBUTE));
    unsigned length;

    return strchr(strchr(LLVMGetStringAttributeValue(attribute, &length), ':'), mode) != NULL;
}

/* An access that is confined in the mode of its function. */
static bool is_access_to(LLVMValueRef user, LLVMValueRef pointer)
{
    if (LLVMIsALoadInst(user))
        return confines(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)), 'r');
    if (LLVMIsAAtomicRMWInst(user) || LLVMIsAAtomicCmpXchgInst(user))
        return LLVMGetOperand(user, 0) == pointer;
    return LLVMIsAStoreInst(user) && LLVMGetOperand(user, 1) == pointer &&
           confines(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)), 'w');
}

static LLVMValueRef accessed(LLVMValueRef gep)
{
    for (LLVMUseRef use = LLVMGetFirstUse(gep); use; use = LLVMGetNextUse(use)) {
        if (is_access_to(LLVMGetUser(use), gep))
            return LLVMGetUser(use);
    }
    return NULL;
}

/* Behind the first of the accesses that rest on it. */
static bool move_mask(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                      LLVMValueRef *left)
{
    LLVMValueRef first = NULL;
    unsigned users = 0;

    if (!is_operation(instruction, LLVMIntToPtr) ||
        !is_arithmetic_mask(LLVMGetOperand(instruction, 0)))
        return false;
    LLVMValueRef integer = LLVMGetOperand(LLVMGetOperand(instruction, 0), 0);
    if (!is_operation(integer, LLVMPtrToInt) ||
        LLVMTypeOf(LLVMGetOperand(integer, 0)) != LLVMTypeOf(instruction))
        return false;
    /* Uses are listed from the last to the first. */
    for (LLVMUseRef use = LLVMGetFirstUse(instruction); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        users++;
        if (is_access_to(user, instruction) ||
            (LLVMIsAGetElementPtrInst(user) && accessed(user)))
            first = user;
    }
    if (users < 2 || !first)
        return false;
    *changed = first;
    *left = LLVMGetOperand(integer, 0);
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(first); i++) {
        if (LLVMGetOperand(first, i) == instruction)
            edit_operand(edit, first, i, *left);
    }
    return edit->count > 0;
}

static bool set_another_bit(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                            LLVMValueRef *left)
{
    if (!is_arithmetic_mask(instruction) ||
        LLVMGetTypeKind(LLVMTypeOf(instruction)) != LLVMIntegerTypeKind)
        return false;
    *changed = instruction;
    *left = LLVMGetOperand(instruction, 0);
    edit_operand(edit, instruction, 1,
                 LLVMConstInt(word_like(instruction), MEMSENTRY_SPLIT >> 1, 0));
    return true;
}

/* An index that nothing bounds, in place of one that is narrow or cut. */
static bool widen_bound(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                        LLVMValueRef *left)
{
    if (!LLVMIsAGetElementPtrInst(instruction) || !accessed(instruction) ||
        LLVMGetTypeKind(LLVMTypeOf(instruction)) != LLVMPointerTypeKind)
        return false;
    unsigned last = (unsigned)LLVMGetNumOperands(instruction) - 1;
    LLVMValueRef index = LLVMGetOperand(instruction, last);
    if (LLVMIsAConstant(index) || LLVMTypeOf(index) != word_like(index))
        return false;
    LLVMTypeRef type = LLVMFunctionType(word_like(index), NULL, 0, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, "", 0, "=r", 2, 1, 0, LLVMInlineAsmDialectATT, 0);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(LLVMGetTypeContext(type));
    LLVMPositionBuilderBefore(builder, instruction);
    LLVMValueRef unknown = LLVMBuildCall2(builder, type, assembly, NULL, 0, "");
    LLVMDisposeBuilder(builder);
    edit_add(edit, unknown);
    edit_operand(edit, instruction, last, unknown);
    *changed = instruction;
    *left = LLVMGetUndef(LLVMTypeOf(instruction));
    return true;
}

/* A constant distance, to just beyond the guard. */
static bool jump_guard(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    if (!LLVMIsAGetElementPtrInst(instruction) || !accessed(instruction) ||
        LLVMGetNumOperands(instruction) != 2 ||
        LLVMGetTypeKind(LLVMTypeOf(instruction)) != LLVMPointerTypeKind ||
        !LLVMIsAConstantInt(LLVMGetOperand(instruction, 1)))
        return false;
    edit_operand(
        edit, instruction, 1,
        LLVMConstInt(word_like(instruction), -2 * (uint64_t)MEMSENTRY_GUARD_REACH - 1, 1));
    *changed = instruction;
    *left = LLVMGetUndef(LLVMTypeOf(instruction)); /* nothing excuses this */
    return true;
}

static LLVMValueRef mask_before(struct edit *edit, LLVMValueRef pointer, LLVMValueRef before)
{
    LLVMBuilderRef builder =
        LLVMCreateBuilderInContext(LLVMGetTypeContext(LLVMTypeOf(pointer)));
    LLVMTypeRef word = word_like(pointer);

    LLVMPositionBuilderBefore(builder, before);
    LLVMValueRef value = LLVMBuildFreeze(builder, pointer, "");
    edit_add(edit, value);
    value = LLVMBuildCast(builder, LLVMPtrToInt, value, word, "");
    edit_add(edit, value);
    value = LLVMBuildBinOp(builder, LLVMOr, value, LLVMConstInt(word, MEMSENTRY_SPLIT, 0), "");
    if (LLVMIsAInstruction(value))
        edit_add(edit, value);
    value = LLVMBuildCast(builder, LLVMIntToPtr, value, LLVMTypeOf(pointer), "");
    if (LLVMIsAInstruction(value))
        edit_add(edit, value);
    LLVMDisposeBuilder(builder);
    return value;
}

/* The phi of a loop whose pointer is masked on each round, or NULL. */
static LLVMValueRef masked_phi(LLVMValueRef instruction)
{
    if (!is_operation(instruction, LLVMIntToPtr) ||
        !is_arithmetic_mask(LLVMGetOperand(instruction, 0)) ||
        LLVMGetTypeKind(LLVMTypeOf(instruction)) != LLVMPointerTypeKind)
        return NULL;
    LLVMValueRef value = LLVMGetOperand(LLVMGetOperand(instruction, 0), 0);
    while (is_operation(value, LLVMPtrToInt) || is_operation(value, LLVMFreeze))
        value = LLVMGetOperand(value, 0);
    return LLVMIsAInstruction(value) && LLVMIsAPHINode(value) &&
                   LLVMTypeOf(value) == LLVMTypeOf(instruction) && LLVMCountIncoming(value) <= 8
               ? value
               : NULL;
}

/* Masked before the loop only, though it moves on in there. */
static bool hoist_mask(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    LLVMValueRef phi = masked_phi(instruction);
    bool loop = false;

    if (!phi)
        return false;
    LLVMBasicBlockRef head = LLVMGetInstructionParent(phi);
    for (unsigned i = 0; i < LLVMCountIncoming(phi); i++)
        loop = loop || dominates(head, LLVMGetIncomingBlock(phi, i));
    for (unsigned i = 0; loop && i < LLVMCountIncoming(phi); i++) {
        LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);
        if (!dominates(head, from))
            edit_operand(edit, phi, i,
                         mask_before(edit, LLVMGetIncomingValue(phi, i),
                                     LLVMGetBasicBlockTerminator(from)));
    }
    if (!loop)
        return false;
    edit_uses(edit, instruction, phi);
    *changed = instruction;
    *left = LLVMGetUndef(LLVMTypeOf(phi));
    return true;
}

/* Bits are taken from an address that was compared: what is left may lie anywhere below. */
static bool clear_bits(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    if (!is_check(instruction))
        return false;
    LLVMBuilderRef builder =
        LLVMCreateBuilderInContext(LLVMGetTypeContext(LLVMTypeOf(instruction)));
    LLVMTypeRef word = word_like(instruction);
    LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(instruction));
    LLVMValueRef number = LLVMBuildPtrToInt(builder, instruction, word, "");
    LLVMValueRef cut = LLVMBuildAnd(
        builder, number, LLVMConstInt(word, MEMSENTRY_SPLIT | (MEMSENTRY_SPLIT - 1), 0), "");
    LLVMValueRef pointer = LLVMBuildIntToPtr(builder, cut, LLVMTypeOf(instruction), "");
    LLVMDisposeBuilder(builder);
    edit_uses(edit, instruction, pointer);
    edit_operand(edit, number, 0, instruction);
    edit_add(edit, number);
    edit_add(edit, cut);
    edit_add(edit, pointer);
    *changed = instruction;
    *left = NULL;
    return true;
}

/* The code of a check is another one: what it hands on has been compared with nothing. */
static bool break_check(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                        LLVMValueRef *left)
{
    if (!is_check(instruction))
        return false;
    LLVMTypeRef type = LLVMGetCalledFunctionType(instruction);
    LLVMValueRef other =
        LLVMGetInlineAsm(type, "nop", 3, "=r,0", 4, 1, 0, LLVMInlineAsmDialectATT, 0);
    edit_operand(edit, instruction, (unsigned)LLVMGetNumOperands(instruction) - 1, other);
    *changed = instruction;
    *left = LLVMGetOperand(instruction, 0);
    return true;
}

static bool is_barrier(LLVMValueRef instruction)
{
    size_t length;

    if (!LLVMIsACallInst(instruction) || !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
        return false;
    const char *constraints =
        LLVMGetInlineAsmConstraintString(LLVMGetCalledValue(instruction), &length);
    return length > 6 && !memcmp(constraints, "~{rbx}", 6);
}

/* The registers of the caller come out of the jmp_buf. One such place keeps them all. */
static bool drop_barrier(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                         LLVMValueRef *left)
{
    if (!is_barrier(instruction))
        return false;
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(instruction));
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), NULL, 0, 0);
    LLVMValueRef other =
        LLVMGetInlineAsm(type, "", 0, "~{memory}", 9, 1, 0, LLVMInlineAsmDialectATT, 0);
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (is_barrier(i))
                edit_operand(edit, i, 0, other);
        }
    }
    *changed = NULL;
    *left = NULL;
    return true;
}

/* Where setjmp returns twice, a mask that LLVM may merge, move and keep in a register. */
static bool make_mask_movable(struct edit *edit, LLVMValueRef instruction,
                              LLVMValueRef *changed, LLVMValueRef *left)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    if (!is_assembly_mask(instruction) || !function_has_instruction(function, is_barrier))
        return false;
    edit_uses(edit, instruction,
              mask_before(edit, LLVMGetOperand(instruction, 0), instruction));
    *changed = instruction;
    *left = NULL;
    return true;
}

bool is_argument_check(LLVMValueRef call)
{
    size_t length;

    if (!LLVMIsACallInst(call) || !LLVMIsAFunction(LLVMGetCalledValue(call)))
        return false;
    const char *name = LLVMGetValueName2(LLVMGetCalledValue(call), &length);
    return !strncmp(name, MEMSENTRY_CHECK_RANGE_SYMBOL,
                    sizeof MEMSENTRY_CHECK_RANGE_SYMBOL - 1) ||
           !strncmp(name, MEMSENTRY_CHECK_POINTER_SYMBOL,
                    sizeof MEMSENTRY_CHECK_POINTER_SYMBOL - 1);
}

LLVMValueRef checked_pointer(LLVMValueRef branch)
{
    size_t length;

    if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch))
        return NULL;
    LLVMValueRef i = LLVMGetFirstInstruction(LLVMGetSuccessor(branch, 0));
    for (; i; i = LLVMGetNextInstruction(i)) {
        if (!LLVMIsACallInst(i) || !LLVMIsAFunction(LLVMGetCalledValue(i)))
            continue;
        const char *name = LLVMGetValueName2(LLVMGetCalledValue(i), &length);
        if (is_argument_check(i) || !strcmp(name, MEMSENTRY_LENGTH_TRAP_SYMBOL))
            return LLVMGetOperand(i, 0);
    }
    return NULL;
}

/* The trap for a length, or the check of an argument, is never reached. */
static bool drop_check(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                       LLVMValueRef *left)
{
    *left = checked_pointer(instruction);
    if (!*left || LLVMIsAConstant(LLVMGetCondition(instruction)))
        return false;
    *changed = NULL;
    LLVMTypeRef bit = LLVMInt1TypeInContext(LLVMGetTypeContext(LLVMTypeOf(*left)));
    edit_operand(edit, instruction, 0, LLVMConstInt(bit, 0, 0));
    return true;
}

/* The branch that a comparison, or a part of one, decides. */
static LLVMValueRef deciding_branch(LLVMValueRef value)
{
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (checked_pointer(user))
            return user;
        if (is_operation(user, LLVMOr) || is_operation(user, LLVMICmp)) {
            user = deciding_branch(user);
            if (user)
                return user;
        }
    }
    return NULL;
}

/* A length is compared with more than the guard, or an address by another bit. */
static bool weaken_check(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                         LLVMValueRef *left)
{
    bool length =
        is_operation(instruction, LLVMICmp) &&
        LLVMGetICmpPredicate(instruction) == LLVMIntUGT &&
        LLVMIsAConstantInt(LLVMGetOperand(instruction, 1)) &&
        LLVMGetIntTypeWidth(LLVMTypeOf(LLVMGetOperand(instruction, 1))) == 64 &&
        LLVMConstIntGetZExtValue(LLVMGetOperand(instruction, 1)) == MEMSENTRY_GUARD_REACH;
    bool address = is_operation(instruction, LLVMAnd) &&
                   is_split_constant(LLVMGetOperand(instruction, 1)) &&
                   LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMIntegerTypeKind;

    LLVMValueRef branch = length || address ? deciding_branch(instruction) : NULL;
    if (!branch)
        return false;
    *changed = NULL;
    *left = checked_pointer(branch);
    edit_operand(edit, instruction, 1,
                 LLVMConstInt(word_like(LLVMGetOperand(instruction, 1)),
                              length ? UINT64_MAX >> 1 : MEMSENTRY_SPLIT >> 1, 0));
    return true;
}

/* Far from an object of the stack, whatever stack that is. */
static bool leave_object(struct edit *edit, LLVMValueRef instruction, LLVMValueRef *changed,
                         LLVMValueRef *left)
{
    unsigned at = LLVMIsAStoreInst(instruction) ? 1 : 0;

    if (!LLVMIsAStoreInst(instruction) && !LLVMIsALoadInst(instruction))
        return false;
    LLVMValueRef pointer = LLVMGetOperand(instruction, at);
    if (!LLVMIsAAllocaInst(pointer) || !is_access_to(instruction, pointer))
        return false;
    LLVMTypeRef byte = LLVMInt8TypeInContext(LLVMGetTypeContext(LLVMTypeOf(pointer)));
    LLVMValueRef offset =
        LLVMConstInt(word_like(pointer), -2 * (uint64_t)MEMSENTRY_GUARD_REACH, 1);
    LLVMBuilderRef builder =
        LLVMCreateBuilderInContext(LLVMGetTypeContext(LLVMTypeOf(pointer)));
    LLVMPositionBuilderBefore(builder, instruction);
    LLVMValueRef moved = LLVMBuildGEP2(builder, byte, pointer, &offset, 1, "");
    LLVMDisposeBuilder(builder);
    edit_add(edit, moved);
    edit_operand(edit, instruction, at, moved);
    *changed = pointer;
    *left = LLVMGetUndef(LLVMTypeOf(pointer));
    return true;
}

const struct mutation mutations[] = {
    {"mask deleted", false, delete_mask},
    {"mask moved behind an access", false, move_mask},
    {"another bit set", false, set_another_bit},
    {"bound widened", false, widen_bound},
    {"distance beyond the guard", false, jump_guard},
    {"mask hoisted out of a cycle", false, hoist_mask},
    {"bits of a check cleared", false, clear_bits},
    {"check of another kind", false, break_check},
    {"setjmp barrier dropped", false, drop_barrier},
    {"mask not made anew", false, make_mask_movable},
    {"trap or check dropped", false, drop_check},
    {"trap or check weakened", false, weaken_check},
    {"object left", false, leave_object},
    {"gate closed early", true, gate_closed_early},
    {"gate left open", true, gate_left_open},
    {"write while open", true, gate_write_while_open},
    {"call while open", true, gate_call_while_open},
    {"gate unchecked", true, gate_unchecked},
    {"mark dropped while open", true, gate_mark_dropped},
};
const size_t mutation_count = sizeof mutations / sizeof mutations[0];
