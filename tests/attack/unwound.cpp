// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A jump to a function that an exception has left. Another one is called by the same
// instruction, so that its frame lies in the same place and returns to the same address; what
// the first one takes for its variables are those of the second.
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "attack.h"

__attribute__((noinline, used)) static void win()
{
    static const char word[] = "win\n";
    (void)!write(1, word, 4);
    _exit(42);
}

static void harmless() {}

static std::jmp_buf buffer;

__attribute__((noinline)) static void sets_and_throws()
{
    void (*volatile handler)() = harmless;
    volatile int left[8] = {};
    if (setjmp(buffer) != 0) {
        handler();
        _exit(left[0] == 0 ? 3 : 4);
    }
    throw 1;
}

__attribute__((noinline)) static void fills_and_jumps()
{
    void (*volatile values[64])();
    for (auto &value : values)
        value = win;
    std::longjmp(buffer, 1);
}

static void (*volatile functions[])() = {sets_and_throws, fills_and_jumps};

__attribute__((noinline)) static void left_by_exception()
{
    for (auto &function : functions) {
        try {
            function();
        } catch (int) {
        }
    }
}

// The handler is in another function than the call.
__attribute__((noinline)) static void one(void (*volatile function)())
{
    function();
}

__attribute__((noinline)) static void left_further()
{
    for (auto &function : functions) {
        try {
            one(function);
        } catch (...) {
        }
    }
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*attack)();
    } attacks[] = {{"left_by_exception", left_by_exception}, {"left_further", left_further}};
    for (const auto &attack : attacks)
        if (count == 2 && strcmp(arguments[1], attack.name) == 0) {
            attack.attack();
            puts("survived");
            return 0;
        }
    return count == 1 ? 0 : 2;
}
