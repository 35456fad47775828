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

#include <llvm-c/Core.h>

#include "ir.h"
#include "signature.h"

static const struct {
    const char *name, *signature;
    bool writes;
} callbacks[] = {
#define MEMSENTRY_CALLBACK(name, signature, writes) {#name, signature, writes},
#include <memsentry/callbacks.def>
};

void callbacks_redirect(LLVMModuleRef module, bool reads)
{
    for (size_t i = 0; i < sizeof callbacks / sizeof callbacks[0]; i++) {
        LLVMValueRef function = LLVMGetNamedFunction(module, callbacks[i].name);
        if ((reads || callbacks[i].writes) && function && LLVMIsDeclaration(function) &&
            LLVMGetFirstUse(function) && signature_holds(function, callbacks[i].signature))
            LLVMReplaceAllUsesWith(function, ir_version_of_runtime(function));
    }
}
