/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a shared library with SafeStack asks for when it is loaded. */

void __memsentry_need_safe_stacks(const void *library);

/* Its presence is what the driver makes the linker look for. */
extern const char __memsentry_safestack_library;
const char __memsentry_safestack_library = 1;

__attribute__((constructor(101))) static void need_safe_stacks(void)
{
    __memsentry_need_safe_stacks(&__memsentry_safestack_library);
}
