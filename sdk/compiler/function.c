/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions of a module; see function.h. */
#include "function.h"

#include <string.h>

#include <llvm-c/Comdat.h>
#include <llvm-c/Core.h>

static const LLVMAttributeIndex whole = LLVMAttributeFunctionIndex;

const char *function_attribute(LLVMValueRef function, const char *name)
{
    LLVMAttributeRef attribute =
        LLVMGetStringAttributeAtIndex(function, whole, name, (unsigned)strlen(name));
    unsigned length;

    return attribute ? LLVMGetStringAttributeValue(attribute, &length) : NULL;
}

bool function_has_attribute(LLVMValueRef function, const char *name)
{
    return function_attribute(function, name) != NULL;
}

void function_add_attribute(LLVMValueRef function, const char *name, const char *value)
{
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));

    LLVMAddAttributeAtIndex(function, whole,
                            LLVMCreateStringAttribute(context, name, (unsigned)strlen(name),
                                                      value, (unsigned)strlen(value)));
}

void function_add_llvm_attribute(LLVMValueRef function, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));

    LLVMAddAttributeAtIndex(function, whole, LLVMCreateEnumAttribute(context, kind, 0));
}

bool function_is_naked(LLVMValueRef function)
{
    return LLVMGetEnumAttributeAtIndex(function, whole,
                                       LLVMGetEnumAttributeKindForName("naked", 5)) != NULL;
}

bool function_has_parameter(LLVMValueRef function, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned kind = LLVMGetEnumAttributeKindForName(names[i], strlen(names[i]));
        for (unsigned at = 1; at <= LLVMCountParams(function); at++) {
            if (LLVMGetEnumAttributeAtIndex(function, at, kind))
                return true;
        }
    }
    return false;
}

bool function_has_instruction(LLVMValueRef function, bool (*holds)(LLVMValueRef instruction))
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (holds(i))
                return true;
        }
    }
    return false;
}

bool calls_function(LLVMValueRef instruction)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

    if (opcode != LLVMCall && opcode != LLVMInvoke && opcode != LLVMCallBr)
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    return !LLVMIsAInlineAsm(callee) &&
           !(LLVMIsAFunction(callee) && LLVMGetIntrinsicID(callee));
}

LLVMValueRef function_declare(LLVMModuleRef module, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMGetNamedFunction(module, name);

    return function ? function : LLVMAddFunction(module, name, type);
}

void function_merge(LLVMModuleRef module, LLVMValueRef global, const char *name)
{
    LLVMSetLinkage(global, LLVMLinkOnceODRLinkage);
    LLVMSetVisibility(global, LLVMHiddenVisibility);
    LLVMSetComdat(global, LLVMGetOrInsertComdat(module, name));
}

LLVMValueRef function_add_stub(LLVMModuleRef module, const char *name, LLVMTypeRef type,
                               const char *code, const char *constraints,
                               LLVMValueRef *operands, unsigned count)
{
    static const char *const attributes[] = {"cold", "naked", "noinline", "nounwind"};
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef types[] = {pointer, pointer};
    LLVMTypeRef signature = LLVMFunctionType(LLVMVoidTypeInContext(context), types, count, 0);
    LLVMValueRef assembly =
        LLVMGetInlineAsm(signature, code, strlen(code), constraints, strlen(constraints), 1, 0,
                         LLVMInlineAsmDialectATT, 0);
    LLVMValueRef stub = LLVMAddFunction(module, name, type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);

    function_merge(module, stub, name);
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        function_add_llvm_attribute(stub, attributes[i]);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, stub, ""));
    LLVMBuildCall2(builder, signature, assembly, operands, count, "");
    LLVMBuildUnreachable(builder);
    LLVMDisposeBuilder(builder);
    return stub;
}
