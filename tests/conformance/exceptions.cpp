// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C++: exceptions through frames on both stacks, threads, containers, member pointers.
#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.h"

static int destroyed;

struct Guard {
    char name[32];
    explicit Guard(int number)
    {
        snprintf(name, sizeof name, "guard %d", number);
    }
    ~Guard()
    {
        CHECK(is_ordinary(name) && name[0] == 'g');
        destroyed++;
    }
};

static int descend(int level)
{
    Guard guard(level);
    escape(&guard);
    if (level == 0)
        throw std::runtime_error("the bottom");
    return descend(level - 1) + guard.name[0];
}

struct Shape {
    virtual ~Shape() = default;
    virtual int area() const = 0;
};
struct Square : Shape {
    int side = 3;
    int area() const override
    {
        return side * side;
    }
};

struct Local {
    std::string text = "thread local";
    ~Local()
    {
        text += ".";
    }
};
static thread_local Local local;

int main()
{
    char *bottom = nullptr;
    for (int i = 0; i < 100; i++) {
        destroyed = 0;
        try {
            descend(10);
            CHECK(false);
        } catch (const std::exception &error) {
            CHECK(std::string(error.what()) == "the bottom");
        }
        CHECK(destroyed == 11 && on_safe_stack());
        char here[16];
        escape(here);
        if (bottom == nullptr)
            bottom = here;
        CHECK(bottom == here);
    }

    auto future = std::async(std::launch::async, [] {
        local.text += "!";
        return descend(3);
    });
    try {
        future.get();
        CHECK(false);
    } catch (const std::runtime_error &) {
    }

    std::vector<std::thread> threads;
    std::vector<int> sums(4);
    for (int i = 0; i < 4; i++)
        threads.emplace_back([i, &sums] {
            for (int k = 0; k <= 100; k++)
                sums[i] += k * i;
        });
    for (auto &thread : threads)
        thread.join();
    CHECK(sums[3] == 15150);

    std::map<std::string, std::unique_ptr<Shape>> shapes;
    shapes["square"] = std::make_unique<Square>();
    int (Shape::*method)() const = &Shape::area;
    CHECK((shapes["square"].get()->*method)() == 9);
    std::vector<int> numbers{5, 3, 9, 1};
    std::sort(numbers.begin(), numbers.end(), std::greater<int>());
    CHECK(numbers.front() == 9 && numbers.back() == 1);
    return 0;
}
