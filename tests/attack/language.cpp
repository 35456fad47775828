// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ways in which C++ writes to memory, let loose on a safe region.
#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "region.h"

static constexpr long mark = 0x4141414141414141;

struct Object {
    virtual ~Object()
    {
        value = mark;
    }
    virtual void set(long to)
    {
        value = to;
    }
    void set_directly(long to)
    {
        value = to;
    }
    long value = mark;
};

struct Base {
    long value = mark;
};
struct Left : virtual Base {
    virtual ~Left() {}
    long left = mark;
};
struct Right : virtual Base {
    virtual ~Right() {}
    long right = mark;
};
struct Both : Left, Right {
};

struct Large {
    long words[20];
};

static void member(char *target)
{
    reinterpret_cast<Object *>(target)->set_directly(mark);
}

// Called by name: where the object is, is up to the attacker.
static void virtual_member(char *target)
{
    reinterpret_cast<Object *>(target)->Object::set(mark);
}

static void pointer_to_member(char *target)
{
    long Object::*pointer = CORRUPTED(&Object::value);
    reinterpret_cast<Object *>(target)->*pointer = mark;
}

static void pointer_to_function(char *target)
{
    void (Object::*volatile pointer)(long) = &Object::set_directly;
    (reinterpret_cast<Object *>(target)->*pointer)(mark);
}

static void reference(char *target)
{
    long &value = *reinterpret_cast<long *>(target);
    value = mark;
}

static void constructor(char *target)
{
    new (target) Object;
}

static void virtual_bases(char *target)
{
    new (target) Both;
}

static void array_of_objects(char *target)
{
    new (target) Object[4];
}

static void destructor(char *target)
{
    reinterpret_cast<Object *>(target)->Object::~Object();
}

[[gnu::noinline]] static char *gives(char *target, bool throws)
{
    if (throws)
        throw target;
    return target;
}

struct Guard {
    char *at;
    ~Guard()
    {
        *reinterpret_cast<long *>(at) = mark;
    }
};

static void after_invoke(char *target)
{
    try {
        *gives(target, CORRUPTED(0)) = 0x41;
    } catch (char *) {
    }
}

static void in_handler(char *target)
{
    try {
        gives(target, CORRUPTED(1));
    } catch (char *at) {
        *reinterpret_cast<long *>(at) = mark;
    }
}

static void in_cleanup(char *target)
{
    try {
        Guard guard{target};
        gives(nullptr, CORRUPTED(1));
    } catch (char *) {
    }
}

// The exception object is in ordinary memory, and what it holds is as well.
struct Failure {
    char *at;
};

static void by_exception_object(char *target)
{
    try {
        try {
            throw Failure{nullptr};
        } catch (Failure &failure) {
            attacker_writes(&failure.at, reinterpret_cast<uint64_t>(target));
            throw;
        }
    } catch (Failure &failure) {
        *failure.at = 0x41;
    }
}

static void captured(char *target)
{
    auto writes = [&target] { *target = 0x41; };
    auto *escaped = CORRUPTED(&writes);
    (*escaped)();
}

static void by_std_function(char *target)
{
    std::function<void()> function = [target] { *target = 0x41; };
    function();
}

static void vector_element(char *target)
{
    std::vector<long> vector(4);
    attacker_writes(&vector, reinterpret_cast<uint64_t>(target));
    vector[1] = mark;
    vector[0] = mark;
    // Its memory must not be freed.
    new (&vector) std::vector<long>;
}

static void string_character(char *target)
{
    std::string string("text");
    attacker_writes(&string, reinterpret_cast<uint64_t>(target));
    string[0] = 0x41;
    new (&string) std::string;
}

static void atomic_object(char *target)
{
    reinterpret_cast<std::atomic<long> *>(target)->exchange(mark);
}

static void copied_object(char *target)
{
    static Large source;
    source.words[0] = mark;
    *reinterpret_cast<Large *>(target) = *CORRUPTED(&source);
}

[[gnu::noinline]] static Large make_large(long value)
{
    Large large;
    for (long &word : large.words)
        word = value;
    return large;
}

static void returned_object(char *target)
{
    new (target) Large(make_large(mark));
}

// A coroutine's frame is on the heap, with all that it keeps while it sleeps.
struct Task {
    struct promise_type {
        long *at = nullptr;
        Task get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        std::suspend_always final_suspend() noexcept
        {
            return {};
        }
        void return_void() {}
        void unhandled_exception() {}
        std::suspend_always yield_value(long value)
        {
            *at = value;
            return {};
        }
    };
    std::coroutine_handle<promise_type> handle;
};

static Task writes(char *target)
{
    co_await std::suspend_always();
    *reinterpret_cast<long *>(target) = mark;
}

static Task yields()
{
    co_yield mark;
}

static void in_coroutine(char *target)
{
    Task task = writes(target);
    task.handle.resume();
    task.handle.resume();
    task.handle.destroy();
}

static void by_promise(char *target)
{
    Task task = yields();
    attacker_writes(&task.handle.promise().at, reinterpret_cast<uint64_t>(target));
    task.handle.resume();
    task.handle.destroy();
}

static const struct primitive primitives[] = {
#define PRIMITIVE(name, blocked_by, offset) {#name, name},
#include "language.def"
};

int main(int count, char **arguments)
{
    return attack(primitives, sizeof primitives / sizeof *primitives, count, arguments);
}
