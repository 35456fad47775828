-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- String library: patterns, substitutions with callbacks, format, pack, utf8, number conversion.
local text = {}
for i = 1, 3000 do
    text[#text + 1] = string.format("%05d key%d = value<%s>; # %x\n", i, i % 97,
        string.rep(string.char(97 + i % 26), i % 17), i * 2654435761 % 4294967296)
end
text = table.concat(text)
print(#text)

local keys, sum = 0, 0
for number, key, value in text:gmatch("(%d+) (%w+) = value<(%l*)>") do
    keys = keys + #key
    sum = (sum * 31 + tonumber(number) + #value) % 1000000007
end
print(keys, sum)
print((text:gsub("value<(%l*)>", function(s) return #s > 10 and "long" or nil end)):sub(1, 200))
print(select(2, text:gsub("%f[%w]%w+%f[%W]", string.upper)))
print(text:find("key96", 1, true), text:match("()key12()"), text:reverse():sub(1, 40))
print(("%q"):format("tab\tnul\0quote\"newline\n"))
print(("%5.2f|%-8s|%+d|%g|%a|%i|%c|%o"):format(math.pi, "left", 5, 1e300, 1.5, 42, 65, 8))
print(string.pack("<i4>d z s2", 42, 0.5, "zero", "counted"):byte(1, -1))
print(string.unpack("<i4>d z s2", string.pack("<i4>d z s2", -7, 2.25, "zero", "counted")))
print(utf8.char(228, 8364, 128512), utf8.len("äöü€"), utf8.codepoint("€", 1))
for position, code in utf8.codes("aß€") do
    io.write(position, ":", code, " ")
end
print()
for _, s in ipairs { "0x10", "1e2", " 12 ", "1e", "0x1p4", "9223372036854775807", "9223372036854775808" } do
    io.write(tostring(tonumber(s)), " ")
end
print()
print(("x"):rep(20, ","), ("abc"):byte(-1), #("\u{7FFFFFFF}"))
print(string.dump(function(a, b) return a + b end, true):byte(1, 8))
print(table.concat({ ("a,b,,c"):match("([^,]*),([^,]*),([^,]*),([^,]*)") }, "|"))
print(tostring(1e15), 2^53, 10 // 3, -10 // 3, 10 % -3, 7.5 // 2, 1 << 63, math.tointeger(3.0))
print(os.time { year = 2020, month = 2, day = 29, hour = 12 } - os.time { year = 2020, month = 2, day = 28, hour = 12 })
