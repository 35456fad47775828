/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The run-time half of SafeStack: the unsafe stack pointer, and what programs ask about it. */
#include <pthread.h>
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

/* Its presence tells the start object to isolate the stacks. */
EXPORT extern const char __memsentry_safestack;
const char __memsentry_safestack = 1;

/* The name is LLVM's. Takes the place of the runtime library's own. */
EXPORT extern _Thread_local void *__safestack_unsafe_stack_ptr;
_Thread_local void *__safestack_unsafe_stack_ptr;

/* What clang's __builtin___get_unsafe_stack_* call. The unsafe stack is the native one. */
EXPORT void *__get_unsafe_stack_ptr(void);
EXPORT void *__get_unsafe_stack_top(void);
EXPORT void *__get_unsafe_stack_bottom(void);
EXPORT void *__get_unsafe_stack_start(void);

void *__get_unsafe_stack_ptr(void)
{
    return __safestack_unsafe_stack_ptr;
}

static void *native_stack(size_t *size)
{
    pthread_attr_t attributes;
    void *start = NULL;
    *size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &start, size);
        pthread_attr_destroy(&attributes);
    }
    return start;
}

void *__get_unsafe_stack_bottom(void)
{
    size_t size;
    return native_stack(&size);
}

/* Another name for the same, as in compiler-rt. */
void *__get_unsafe_stack_start(void)
{
    return __get_unsafe_stack_bottom();
}

void *__get_unsafe_stack_top(void)
{
    size_t size;
    char *start = native_stack(&size);
    return start == NULL ? NULL : start + size;
}
