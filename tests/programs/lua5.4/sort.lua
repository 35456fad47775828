-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Sorting and closures: table.sort with callbacks, a heap, memoisation, varargs, goto.
local seed = 42
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % n
end

local function checksum(t)
    local sum = 0
    for i = 1, #t do
        sum = (sum * 33 + t[i]) % 1000000007
    end
    return sum
end

local numbers = {}
for i = 1, 20000 do
    numbers[i] = random(100000)
end
local down = table.move(numbers, 1, #numbers, 1, {})
table.sort(numbers)
table.sort(down, function(a, b) return a > b end)
print(checksum(numbers), checksum(down), numbers[1], down[1])

local calls = 0
local ok, message = pcall(table.sort, { 3, 1, 2, 5, 4, 9, 8, 7 }, function()
    calls = calls + 1
    if calls > 5 then
        error("comparison gave up", 0)
    end
    return true
end)
print(ok, message)

local heap = {}
local function push(v)
    heap[#heap + 1] = v
    local i = #heap
    while i > 1 and heap[i // 2] > heap[i] do
        heap[i // 2], heap[i] = heap[i], heap[i // 2]
        i = i // 2
    end
end
local function pop()
    local top = heap[1]
    heap[1] = heap[#heap]
    heap[#heap] = nil
    local i = 1
    while true do
        local child = 2 * i
        if child > #heap then
            break
        end
        if heap[child + 1] and heap[child + 1] < heap[child] then
            child = child + 1
        end
        if heap[i] <= heap[child] then
            break
        end
        heap[i], heap[child] = heap[child], heap[i]
        i = child
    end
    return top
end
for _ = 1, 5000 do
    push(random(1000000))
end
local sorted = {}
while #heap > 0 do
    sorted[#sorted + 1] = pop()
end
print(checksum(sorted))

local memo = setmetatable({}, {
    __index = function(t, n)
        local v = n < 2 and n or t[n - 1] + t[n - 2]
        t[n] = v
        return v
    end,
})
print(memo[80])

local function pass(...)
    return select("#", ...), ...
end
print(pass(table.unpack({ 1, nil, 3, nil }, 1, 4)))
for i = 1, 3 do
    for j = 1, 3 do
        if j == 2 then
            goto continue
        end
        io.write(i, ",", j, " ")
        ::continue::
    end
end
print()
