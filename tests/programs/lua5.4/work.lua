-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The measured run: about a second of calls, tables, strings, errors and coroutines.
local function fib(n)
    return n < 2 and n or fib(n - 1) + fib(n - 2)
end
local sum = fib(29)
local t = {}
for i = 1, 200000 do
    t[i] = (i * 7919) % 200003
end
table.sort(t)
for i = 1, 60000 do
    sum = sum + #(tostring(i) .. "x"):gsub("%d", "y")
    if not pcall(error, i) then
        sum = sum + 1
    end
end
local generator = coroutine.wrap(function()
    for i = 1, 200000 do
        coroutine.yield(i)
    end
end)
for _ = 1, 200000 do
    sum = sum + generator()
end
print(sum, t[1000])
