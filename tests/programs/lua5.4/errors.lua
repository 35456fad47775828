-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Errors: pcall, xpcall, error objects, stack overflow in Lua and in C, and the last uncaught one.
local function thrower(n)
    if n == 0 then
        error("bottom", 0)
    end
    local padding = { n, n + 1, n + 2 }
    thrower(n - 1)
    return padding
end

print(pcall(thrower, 100))
local kept = 0
for i = 1, 20000 do
    local ok, message = pcall(thrower, i % 40)
    if not ok and message == "bottom" then
        kept = kept + 1
    end
end
print(kept)

print(xpcall(thrower, function(m) return m .. " seen" end, 3))
print(xpcall(function() local x = nil; return x.field end, function(m) return (m:gsub("^.-:", "")) end))
print(select("#", pcall(error)), pcall(error))
print(pcall(string.rep, "x", -1), pcall(string.rep))
print(pcall(string.format, "%d", "1.5"))
print(pcall(setmetatable, 1, {}))
print(pcall(load, nil))
print(load("x = = 1"))

local function forever()
    return 1 + forever()
end
local ok, message = pcall(forever)
print(ok, (message:gsub("^.-:%d+: ", ""):gsub("\n.*", "")))

local deep = string.rep("(", 250) .. "1" .. string.rep(")", 250)
print(load("return " .. deep))
print(pcall(string.find, string.rep("a", 300000), string.rep("a?", 300000) .. "b"))
local nested = setmetatable({}, {})
getmetatable(nested).__index = function(t, k) return t[k .. "x"] end
ok, message = pcall(function() return nested.a end)
print(ok, message:match("stack overflow") or message:match("C stack overflow"))

for _ = 1, 3 do
    print(pcall(function()
        local a <close> = setmetatable({}, { __close = function(_, e) print("closing", e) end })
        error("through a close", 0)
    end))
end

io.stdout:flush()
error({ code = 7 })
