/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Values of up to 16 bytes on their way to the runtime and back; see memsentry/crypt.h. */
#ifndef MEMSENTRY_VALUE_H
#define MEMSENTRY_VALUE_H

#include <stdbool.h>

#include <llvm-c/Target.h>
#include <llvm-c/Types.h>

struct halves {
    LLVMValueRef low, high;
};

/* Whether a value of the type goes there in two registers. */
bool value_is_small(LLVMTargetDataRef layout, LLVMTypeRef type);

/* The bytes that memory has of a small value; the value of such bytes. */
struct halves value_split(LLVMBuilderRef builder, LLVMTargetDataRef layout, LLVMValueRef value);
LLVMValueRef value_join(LLVMBuilderRef builder, LLVMTargetDataRef layout, LLVMTypeRef type,
                        LLVMValueRef halves);

/* struct memsentry_crypt_value */
LLVMTypeRef value_halves_type(LLVMContextRef context);

#endif
