/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Encryption: what lies in a region is ciphertext, and the key in registers. */
#include "backend.h"

#include <string.h>

#include <llvm-c/Core.h>

#include "../crypt/replace.h"
#include "../function.h"

/* The registers of the key belong to AVX-512, and to what is named after it. */
static const char *refuse(LLVMValueRef function)
{
    const char *features =
        LLVMIsDeclaration(function) ? NULL : function_attribute(function, "target-features");

    if (!features || (!strstr(features, "+avx512") && !strstr(features, "+avx10")))
        return NULL;
    return "a function that may use AVX-512 would use the registers in which the backend "
           "'crypt' has its key; compile it with '-mno-avx512f', without an attribute that "
           "asks for it";
}

extern const struct backend backend_crypt;
const struct backend backend_crypt = {
    .name = "crypt",
    .refuse = refuse,
    .replace = crypt_replace,
};
