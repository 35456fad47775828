/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libc's frames lie on the safe stack, so a callback that is handed a pointer into one cannot
 * follow it where reads are confined. The runtime has versions of these functions whose
 * callbacks can. Instrumented code is sent there by name, not by symbol interposition:
 * libraries that are not instrumented may well sort an array on their own frame, and keep
 * libc's.
 */
#include "callbacks.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>

static const struct {
    const char *name, *signature;
    bool writes;
} callbacks[] = {
#define MEMSENTRY_CALLBACK(name, signature, writes) {#name, signature, writes},
#include <memsentry/callbacks.def>
};

static char letter(LLVMTypeRef type)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMVoidTypeKind:
        return 'v';
    case LLVMPointerTypeKind:
        return 'p';
    case LLVMIntegerTypeKind:
        return LLVMGetIntTypeWidth(type) == 32   ? 'i'
               : LLVMGetIntTypeWidth(type) == 64 ? 'l'
                                                 : '?';
    default:
        return '?';
    }
}

static bool has_signature(LLVMValueRef function, const char *signature)
{
    LLVMTypeRef type = LLVMGlobalGetValueType(function);
    unsigned count = LLVMCountParamTypes(type);
    LLVMTypeRef parameters[8];

    if (count + 1 != strlen(signature) || count > sizeof parameters / sizeof *parameters ||
        LLVMIsFunctionVarArg(type) || letter(LLVMGetReturnType(type)) != signature[0])
        return false;
    LLVMGetParamTypes(type, parameters);
    for (unsigned i = 0; i < count; i++) {
        /* A structure of 32 bytes is a byval pointer. */
        char wanted = signature[i + 1] == 's' ? 'p' : signature[i + 1];
        if (letter(parameters[i]) != wanted)
            return false;
    }
    return true;
}

static void redirect(LLVMModuleRef module, LLVMValueRef function)
{
    char name[64];
    size_t length;

    snprintf(name, sizeof name, "__memsentry_%s", LLVMGetValueName2(function, &length));
    LLVMValueRef ours = LLVMGetNamedFunction(module, name);
    if (!ours)
        ours = LLVMAddFunction(module, name, LLVMGlobalGetValueType(function));
    LLVMReplaceAllUsesWith(function, ours);
}

void callbacks_redirect(LLVMModuleRef module, bool reads)
{
    for (size_t i = 0; i < sizeof callbacks / sizeof callbacks[0]; i++) {
        LLVMValueRef function = LLVMGetNamedFunction(module, callbacks[i].name);
        if ((reads || callbacks[i].writes) && function && LLVMIsDeclaration(function) &&
            LLVMGetFirstUse(function) && has_signature(function, callbacks[i].signature))
            redirect(module, function);
    }
}
