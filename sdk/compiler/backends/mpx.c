/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Intel MPX: an access that is made for certain has its address compared with the bound
 * register bnd0, whose lower bound is the split. BNDCL faults below it (#BR) and changes
 * nothing, so a check may not be made of an address that nobody accesses: of no bytes, in a
 * lane that is left out. Those get masks, as by sfi; the layout is the same.
 */
#include "backend.h"

#include <string.h>

#include <llvm-c/Core.h>

/*
 * bndcl %register, %bnd0 as bytes, which LLVM's assembler has no name for: F3 0F 1A /0,
 * whose operand has 64 bits without being told so.
 * A register without a line of its own is an error, never a check that is missing.
 */
#define WHEN(name, rex, modrm)                                                                 \
    ".ifc $0,%" name "\n.byte 0xf3," rex "0x0f,0x1a," modrm "\n.else\n"
#define CODE                                                                                   \
    WHEN("rax", "", "0xc0")                                                                    \
    WHEN("rcx", "", "0xc1")                                                                    \
    WHEN("rdx", "", "0xc2")                                                                    \
    WHEN("rbx", "", "0xc3")                                                                    \
    WHEN("rbp", "", "0xc5")                                                                    \
    WHEN("rsi", "", "0xc6")                                                                    \
    WHEN("rdi", "", "0xc7")                                                                    \
    WHEN("r8", "0x41,", "0xc0")                                                                \
    WHEN("r9", "0x41,", "0xc1")                                                                \
    WHEN("r10", "0x41,", "0xc2")                                                               \
    WHEN("r11", "0x41,", "0xc3")                                                               \
    WHEN("r12", "0x41,", "0xc4")                                                               \
    WHEN("r13", "0x41,", "0xc5")                                                               \
    WHEN("r14", "0x41,", "0xc6")                                                               \
    WHEN("r15", "0x41,", "0xc7")                                                               \
    ".error \"MemSentry: no bound check for $0\"\n"                                            \
    ".endif\n.endif\n.endif\n.endif\n.endif\n.endif\n.endif\n.endif\n"                         \
    ".endif\n.endif\n.endif\n.endif\n.endif\n.endif\n.endif"

/* The access uses what the check hands on, so that nothing can come between. */
static const struct check_code code = {CODE, "=r,0"};

static LLVMValueRef assembly_of(LLVMTypeRef signature, bool stays)
{
    return LLVMGetInlineAsm(signature, code.text, strlen(code.text), code.constraints,
                            strlen(code.constraints), stays, 0, LLVMInlineAsmDialectATT, 0);
}

static void add_attribute(LLVMValueRef call, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(call));

    LLVMAddCallSiteAttribute(call, (unsigned)LLVMAttributeFunctionIndex,
                             LLVMCreateEnumAttribute(context, kind, 0));
}

/* Pure, so that LLVM merges equal ones and hoists what runs anyway; never speculated. */
static const char *const pure[] = {"memory", "nounwind", "willreturn"};

static LLVMValueRef check(LLVMBuilderRef builder, LLVMValueRef pointer, bool here)
{
    LLVMTypeRef type = LLVMTypeOf(pointer);
    LLVMTypeRef signature = LLVMFunctionType(type, &type, 1, 0);
    LLVMValueRef call = LLVMBuildCall2(builder, signature, assembly_of(signature, here),
                                       &pointer, 1, "checked");

    for (size_t i = 0; !here && i < sizeof pure / sizeof pure[0]; i++)
        add_attribute(call, pure[i]);
    return call;
}

static bool is_check(LLVMValueRef instruction)
{
    size_t length;

    if (!LLVMIsACallInst(instruction) || !LLVMIsAInlineAsm(LLVMGetCalledValue(instruction)))
        return false;
    const char *text = LLVMGetInlineAsmAsmString(LLVMGetCalledValue(instruction), &length);
    return length == strlen(code.text) && !memcmp(text, code.text, length);
}

/*
 * The code generator takes assembly without side effects for arithmetic, and hoists it out of
 * loops and from behind comparisons that the access waits for: null would be checked there.
 */
static void pin(LLVMValueRef instruction)
{
    if (!is_check(instruction))
        return;
    LLVMTypeRef signature = LLVMGetCalledFunctionType(instruction);
    unsigned callee = (unsigned)LLVMGetNumOperands(instruction) - 1;
    LLVMSetOperand(instruction, callee, assembly_of(signature, true));
    for (size_t i = 0; i < sizeof pure / sizeof pure[0]; i++)
        LLVMRemoveCallSiteEnumAttribute(
            instruction, (unsigned)LLVMAttributeFunctionIndex,
            LLVMGetEnumAttributeKindForName(pure[i], strlen(pure[i])));
}

static LLVMValueRef mask(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    return backend_for_masks()->mask(builder, pointer);
}

static LLVMValueRef mask_here(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    return backend_for_masks()->mask_here(builder, pointer);
}

static bool is_masked(LLVMValueRef pointer)
{
    return backend_for_masks()->is_masked(pointer);
}

static LLVMValueRef is_outside(LLVMBuilderRef builder, LLVMValueRef pointer)
{
    return backend_for_masks()->is_outside(builder, pointer);
}

extern const struct backend backend_mpx;
const struct backend backend_mpx = {
    .name = "mpx",
    .mask = mask,
    .mask_here = mask_here,
    .is_masked = is_masked,
    .is_outside = is_outside,
    .check = check,
    .check_code = &code,
    .pin = pin,
};
