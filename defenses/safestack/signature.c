/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See signature.h. */
#include "signature.h"

#include <string.h>

#include <llvm-c/Core.h>

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

bool signature_holds(LLVMValueRef function, const char *signature)
{
    LLVMTypeRef type = LLVMGlobalGetValueType(function);
    const char *variable = strstr(signature, "...");
    unsigned count = LLVMCountParamTypes(type);
    LLVMTypeRef parameters[8];

    if (count + 1 != (variable ? (size_t)(variable - signature) : strlen(signature)) ||
        count > sizeof parameters / sizeof *parameters ||
        (LLVMIsFunctionVarArg(type) != 0) != (variable != NULL) ||
        letter(LLVMGetReturnType(type)) != signature[0])
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
