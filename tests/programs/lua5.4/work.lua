-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The measured run: a second or two of calls, tables, strings, errors and coroutines, or the part
-- of it that the argument says, in percent.
local percent = tonumber(arg[1]) or 100
local function fib(n)
    return n < 2 and n or fib(n - 1) + fib(n - 2)
end
local sum = 0
for _ = 1, percent * 8 do
    sum = sum + fib(20)
    local t = {}
    for i = 1, 2000 do
        t[i] = (i * 7919) % 2003
    end
    table.sort(t)
    sum = sum + t[1000]
    for i = 1, 600 do
        sum = sum + #(tostring(i) .. "x"):gsub("%d", "y")
        if not pcall(error, i) then
            sum = sum + 1
        end
    end
    local generator = coroutine.wrap(function()
        for i = 1, 2000 do
            coroutine.yield(i)
        end
    end)
    for _ = 1, 2000 do
        sum = sum + generator()
    end
end
print(sum)
