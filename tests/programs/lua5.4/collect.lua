-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Garbage collection: weak tables, finalizers, both collector modes, big and small objects.
local finalized = 0
local meta = { __gc = function() finalized = finalized + 1 end }

for _, mode in ipairs { "incremental", "generational" } do
    collectgarbage(mode)
    local weak = setmetatable({}, { __mode = "v" })
    local kept = {}
    for i = 1, 20000 do
        local object = setmetatable({ i, tostring(i), { i * 2 } }, meta)
        weak[i] = object
        if i % 100 == 0 then
            kept[#kept + 1] = object
        end
    end
    collectgarbage()
    collectgarbage()
    local alive = 0
    for i = 1, 20000 do
        if weak[i] then
            alive = alive + 1
        end
    end
    print(mode, alive, #kept, kept[#kept][3][1])
    kept = nil
    collectgarbage()
    collectgarbage()
    print(finalized)
end

local ephemeron = setmetatable({}, { __mode = "k" })
do
    local key = {}
    ephemeron[key] = { key }
end
collectgarbage()
print(next(ephemeron))

local function tree(depth)
    return depth == 0 and {} or { tree(depth - 1), tree(depth - 1) }
end
local function nodes(t)
    return t[1] and 1 + nodes(t[1]) + nodes(t[2]) or 1
end
local total = 0
for _ = 1, 10 do
    total = total + nodes(tree(12))
end
print(total)
local big = {}
for i = 1, 50 do
    big[i] = string.rep("b", 1 << 16)
end
print(#table.concat(big))
-- A finalizer that raises only warns.
setmetatable({}, { __gc = function() error("in a finalizer") end })
collectgarbage()
print("end")
