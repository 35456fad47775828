-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Coroutines: generators, a scheduler, errors that cross a yield, coroutines inside coroutines.
local function permutations(a, n)
    n = n or #a
    if n <= 1 then
        coroutine.yield(a)
    else
        for i = 1, n do
            a[n], a[i] = a[i], a[n]
            permutations(a, n - 1)
            a[n], a[i] = a[i], a[n]
        end
    end
end

local count, last = 0, nil
for p in coroutine.wrap(function() permutations { 1, 2, 3, 4, 5, 6, 7 } end) do
    count = count + 1
    last = table.concat(p, " ")
end
print(count, last)

local log, tasks = {}, {}
for id = 1, 5 do
    tasks[id] = coroutine.create(function(step)
        for i = 1, id do
            log[#log + 1] = id .. ":" .. i .. ":" .. tostring(step)
            step = coroutine.yield(i)
        end
        if id == 3 then
            error { code = id }
        end
        return "done " .. id
    end)
end
local round = 0
while #tasks > 0 do
    round = round + 1
    for i = #tasks, 1, -1 do
        local ok, value = coroutine.resume(tasks[i], round)
        if coroutine.status(tasks[i]) == "dead" then
            print(round, ok, type(value) == "table" and value.code or value)
            table.remove(tasks, i)
        end
    end
end
print(table.concat(log, " "))

-- Yield across pcall, and across metamethods and iterators.
local co = coroutine.wrap(function()
    local ok, message = pcall(function()
        coroutine.yield("inside pcall")
        error("after the yield", 0)
    end)
    coroutine.yield(tostring(ok) .. " " .. message)
    local t = setmetatable({}, { __add = function(_, n) return coroutine.yield("metamethod") + n end })
    return t + 1
end)
print(co(), co(), co(), co(41))

-- A chain a thousand deep in pieces that the interpreter allows, and its unwinding.
local function nest(depth)
    if depth == 0 then
        return 0
    end
    return 1 + coroutine.wrap(nest)(depth - 1)
end
print(nest(150))
local ok, message = pcall(nest, 100000)
print(ok, (message:gsub("[^ ]*: ", "")))

local closed = {}
co = coroutine.create(function()
    local guard <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "closed" end })
    coroutine.yield(guard ~= nil)
end)
print(coroutine.resume(co))
print(coroutine.close(co), closed[1], coroutine.status(co))
