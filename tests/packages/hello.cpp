/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What somebody tries who has just installed the packages: threads, exceptions, an attack. */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" [[noreturn]] void hijacked()
{
    static const char text[] = "hijacked\n";

    /* The stack is not aligned as a call would have it: nothing but system calls. */
    if (write(1, text, sizeof text - 1) < 0)
        _exit(43);
    _exit(42);
}

/* An arbitrary write whose attacker knows where the return address lies. */
__attribute__((noinline)) static void attack()
{
    void *volatile *frame;

    /* What a leak would tell. The frame pointer is there: -fno-omit-frame-pointer. */
    __asm__ volatile("mov %%rbp, %0" : "=r"(frame));
    frame[1] = reinterpret_cast<void *>(hijacked);
}

__attribute__((noinline)) static void descend(int depth, std::string &path)
{
    char name[16];

    std::snprintf(name, sizeof name, "/%d", depth);
    path += name;
    if (depth == 0)
        throw std::runtime_error(path);
    descend(depth - 1, path);
}

static std::string work(int depth)
{
    std::string path;

    try {
        descend(depth, path);
    } catch (const std::exception &error) {
        return error.what();
    }
    return "nothing thrown";
}

int main(int count, char **arguments)
{
    std::vector<std::string> results(8);
    std::vector<std::thread> threads;

    if (count == 2 && std::strcmp(arguments[1], "main") == 0)
        attack();
    if (count == 2 && std::strcmp(arguments[1], "thread") == 0)
        std::thread(attack).join();
    for (size_t i = 0; i < results.size(); i++)
        threads.emplace_back([&results, i] { results[i] = work(static_cast<int>(i)); });
    for (std::thread &thread : threads)
        thread.join();
    for (const std::string &result : results)
        std::cout << "hello " << result << "\n";
    return EXIT_SUCCESS;
}
