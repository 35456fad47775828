/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where things lie: argv, environment, heap, globals and unsafe locals above, the stack below.
 */
#include <string.h>
#include <unistd.h>

#include "check.h"

extern char **environ;
#if defined(__MEMSENTRY_SFI__) + defined(__MEMSENTRY_MPX__) + defined(__MEMSENTRY_MPK__) +     \
        defined(__MEMSENTRY_CRYPT__) + defined(__MEMSENTRY_HIDE__) !=                          \
    1
#    error "the driver did not define one backend"
#endif
/* SafeStack needs an address backend, and all of them have it here but where a row says so. */
#if !defined(__MEMSENTRY__) || ((defined(__MEMSENTRY_SFI__) || defined(__MEMSENTRY_MPX__)) &&  \
                                !defined(WITHOUT_SAFE_STACK)) != __has_feature(safe_stack)
#    error "the driver did not define what it promises"
#endif

static int constructed;
static int global;

__attribute__((constructor)) static void construct(void)
{
    char buffer[64];
    escape(buffer);
    CHECK(on_safe_stack());
    CHECK(is_ordinary(buffer));
    constructed++;
}

static void at_exit(void)
{
    CHECK(on_safe_stack());
    puts("at exit");
}

__attribute__((destructor)) static void destruct(void)
{
    CHECK(on_safe_stack());
    puts("destroyed");
}

int main(int count, char **arguments)
{
    char buffer[64];
    void *heap = malloc(10);
    escape(buffer);
    CHECK(constructed == 1);
    CHECK(on_safe_stack());
    CHECK(is_ordinary(buffer) && is_ordinary(heap) && is_ordinary(&global));
    CHECK(is_ordinary(arguments) && is_ordinary(arguments[0]) && is_ordinary(environ));
    CHECK(count == 1 && strstr(arguments[0], "layout") != NULL);
    CHECK(is_ordinary(__builtin_frame_address(0)));
    /* PostgreSQL's stack depth check and its like. */
    long depth = (char *)__builtin_frame_address(0) - buffer;
    CHECK(depth > -65536 && depth < 65536);
    free(heap);
    atexit(at_exit);
    return 0;
}
