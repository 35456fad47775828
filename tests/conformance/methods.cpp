// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Variable arguments of C++: member functions, thunks, exceptions on the way.
#include <cstdarg>

#include "check.h"

namespace
{

struct First {
    virtual ~First() = default;
    virtual int sum(int count, ...) = 0;
    long first = 1;
};

struct Second {
    virtual ~Second() = default;
    virtual int other(int count, ...) = 0;
    long second = 2;
};

struct Both : First, Second {
    int offset = 1000;
    int sum(int count, ...) override;
    // Reached through Second by a thunk, which has to hand all arguments on.
    int other(int count, ...) override;
    int fail(int count, ...);
};

int add(int count, va_list list)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += i % 2 ? static_cast<int>(va_arg(list, double)) : va_arg(list, int);
    return sum;
}

int Both::sum(int count, ...)
{
    va_list list;
    va_start(list, count);
    int result = add(count, list);
    va_end(list);
    return result + offset;
}

int Both::other(int count, ...)
{
    va_list list;
    va_start(list, count);
    int result = add(count, list);
    va_end(list);
    return result + 2 * offset;
}

int Both::fail(int count, ...)
{
    va_list list;
    va_start(list, count);
    int result = add(count, list);
    va_end(list);
    if (result)
        throw result;
    return 0;
}

template <typename... Types> int passOn(Second *object, Types... arguments)
{
    return object->other(sizeof...(arguments), arguments...);
}

} // namespace

int main()
{
    Both both;
    First *first = &both;
    Second *second = &both;
    escape(&first);
    escape(&second);
    CHECK(first->sum(12, 1, 2., 3, 4., 5, 6., 7, 8., 9, 10., 11, 12.) == 1078);
    CHECK(second->other(12, 1, 2., 3, 4., 5, 6., 7, 8., 9, 10., 11, 12.) == 2078);
    CHECK(passOn(second, 1, 2., 3, 4., 5, 6., 7, 8., 9, 10., 11, 12., 13, 14., 15) == 2120);
    int (Both::*member)(int, ...) = &Both::sum;
    escape(&member);
    CHECK((both.*member)(9, 1, 2., 3, 4., 5, 6., 7, 8., 9) == 1045);
    int caught = 0;
    try {
        both.fail(11, 1, 2., 3, 4., 5, 6., 7, 8., 9, 10., 11);
    } catch (int value) {
        caught = value;
    }
    CHECK(caught == 66);
}
