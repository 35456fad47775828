// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C++ without virtual calls: containers as templates, references, member pointers, a queue.
#include "victim.h"

namespace
{

template <typename T> struct vector {
    T *items;
    size_t used, room;

    T &operator[](size_t i)
    {
        return items[i];
    }
    void push(const T &item)
    {
        if (used >= room)
            used = 0;
        items[used++] = item;
    }
    T *begin()
    {
        return items;
    }
    T *end()
    {
        return items + used;
    }
};

struct point {
    double x, y, z;
    uint16_t tags[5];
};

template <typename T, size_t Room> struct queue {
    T items[Room];
    size_t head, tail;

    void put(const T &item)
    {
        items[tail] = item;
        tail = (tail + 1) % Room;
    }
    T &take()
    {
        T &item = items[head];
        head = (head + 1) % Room;
        return item;
    }
};

vector<point> points;
vector<vector<uint32_t>> rows;
queue<point *, 16> waiting;

void templates_prepare()
{
    points = {static_cast<point *>(oracle_allocate(32 * sizeof(point))), 0, 32};
    rows = {static_cast<vector<uint32_t> *>(oracle_allocate(8 * sizeof(vector<uint32_t>))), 8,
            8};
    for (auto &row : rows)
        row = {static_cast<uint32_t *>(oracle_allocate(64)), 0, 16};
    for (int i = 0; i < 16; i++)
        waiting.put(&points[static_cast<size_t>(i)]);
}

template <typename T> void increase(T point::*member, point &which, T by)
{
    which.*member += by;
}

void templates_step()
{
    uint32_t random = oracle_random();
    points.push(point{1.0 * random, 2, 3, {1, 2, 3, 4, 5}});
    rows[random % 8].push(random);
    for (auto &row : rows) {
        for (auto &item : row)
            item ^= random;
    }
    point *first = waiting.take();
    first->tags[random % 5]++;
    increase(&point::y, *first, 0.5);
    waiting.put(first);
}

} // namespace

extern "C" const workload oracle_templates[] = {
    {"templates", templates_prepare, templates_step}, {nullptr, nullptr, nullptr}};
