/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Safe regions and C++: exceptions through trusted code and out of spans, methods, threads. */
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "memsentry-runtime.h"

static long *counter;
static volatile int ordinary;

__attribute__((noinline)) static int throws(int value)
{
    ordinary = value;
    if (value % 3 == 0)
        throw std::runtime_error("a multiple of three");
    return value;
}

/* Catches within trusted code, which goes on. */
MEMSENTRY_SAFE static int catches(long *safe, int value)
{
    *safe += 1;
    try {
        *safe += throws(value);
    } catch (const std::runtime_error &) {
        *safe += 100;
    }
    return (int)*safe;
}

/* Lets it pass. */
MEMSENTRY_SAFE static void passes(long *safe, int value)
{
    *safe += 1;
    *safe += throws(value);
}

MEMSENTRY_SAFE static void set(long *safe, long value)
{
    *safe = value;
}

MEMSENTRY_SAFE static long get(const long *safe)
{
    return *safe;
}

struct keeper {
    long *safe;
    MEMSENTRY_SAFE explicit keeper(long *where) : safe(where)
    {
        *safe = 1;
    }
    MEMSENTRY_SAFE virtual ~keeper()
    {
        *safe = -1;
    }
    MEMSENTRY_SAFE virtual long value() const
    {
        return *safe;
    }
};

static long in_scope(long *safe, int value)
{
    MEMSENTRY_OPEN_SCOPE;
    *safe = 7;
    *safe += throws(value);
    return *safe;
}

int main()
{
    counter = static_cast<long *>(saferegion_alloc(sizeof *counter));
    CHECK(counter != nullptr);
    CHECK(catches(counter, 5) == 6);
    CHECK(catches(counter, 6) == 107);
    set(counter, 0);
    bool caught = false;
    try {
        passes(counter, 4);
        passes(counter, 9);
    } catch (const std::exception &e) {
        caught = std::string(e.what()) == "a multiple of three";
    }
    CHECK(caught && get(counter) == 6);
    caught = false;
    try {
        CHECK(in_scope(counter, 4) == 11);
        in_scope(counter, 3);
    } catch (const std::exception &) {
        caught = true;
    }
    CHECK(caught && get(counter) == 7);
    {
        std::unique_ptr<keeper> kept(new keeper(counter));
        CHECK(kept->value() == 1);
    }
    CHECK(get(counter) == -1);
    set(counter, 0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([] {
            for (int k = 0; k < 500; k++) {
                __atomic_fetch_add((long MEMSENTRY_REGION *)counter, 1, __ATOMIC_RELAXED);
                try {
                    ordinary = throws(3);
                } catch (const std::exception &) {
                }
            }
        });
    for (auto &thread : threads)
        thread.join();
    CHECK(get(counter) == 2000);
    return 0;
}
