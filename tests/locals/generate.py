#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes functions with local variables that are accessed at places an attacker chooses.

generate.py SEED COUNT > functions.c. Every function reads its indices from locals_attack[], and
says at its end whether something on its native stack has changed: see locals.h.
"""
import random
import sys

INTEGERS = ["char", "signed char", "short", "int", "unsigned", "long", "unsigned long", "_Bool"]
TYPES = INTEGERS + ["float", "double", "struct three", "struct odd", "vector", "void *"]
ORDERS = ["__ATOMIC_RELAXED", "__ATOMIC_ACQ_REL", "__ATOMIC_SEQ_CST"]


class Function:
    def __init__(self, number, source):
        self.number, self.random = number, source
        self.locals, self.lines, self.names = [], [], 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def index(self, length):
        """What the attacker controls, as programs narrow it, and as they believe it to be."""
        attack = f"locals_attack[{self.random.randrange(4)}]"
        return self.pick(
            attack, attack, attack, f"(signed char){attack}", f"(unsigned char){attack}",
            f"({attack} & {self.pick(7, 15, 31, 255)})", f"({attack} % {length})",
            f"(int)((unsigned){attack} >> {self.random.randrange(20, 32)})", f"-{attack}",
            f"(short)({attack} * {self.random.randrange(1, 9)})",
            f"believed({attack}, {length})", f"checked_twice(&{attack}, {length})",
            f"*(const _Bool *)&{attack}", f"({attack} < {length} ? {attack} : 0)")

    def declare(self):
        name, length = self.name("array"), self.random.randrange(1, 41)
        kind = self.random.randrange(8)
        element = self.random.choice(TYPES)
        if kind == 0:
            self.lines.append(f"{element} {name}[locals_length({length})];")
            self.lines.append(f"memset({name}, 0, sizeof {name});")
        elif kind == 1:
            self.lines.append(f"{element} *{name} = __builtin_alloca({length} * sizeof *{name});")
        elif kind == 2:
            self.lines.append(f"struct {{ {element} items[{length}]; long behind; }} {name}_ = {{0}};")
            name += "_.items"
        elif kind == 3:
            self.lines.append(f"union {{ {element} items[{length}]; char bytes[3]; }} {name}_;")
            name += "_.items"
        elif kind == 4:
            self.lines.append(f"{element} {name}_[3][{length}] = {{0}};")
            name += "_[1]"
        else:
            self.lines.append(f"{element} {name}[{length}];")
        self.locals.append((name, element, length))

    def value(self, element):
        if element in ("struct three", "struct odd"):
            return f"({element}){{1}}"
        if element == "vector":
            return "(vector){1, 2}"
        return f"({element})0x4141414141414141" if element != "void *" else "(void *)0x41414141"

    def access(self):
        name, element, length = self.random.choice(self.locals)
        at, value = f"{name}[{self.index(length)}]", self.value(element)
        bytes_at = f"(char *){name} + {self.index(length)}"
        size = f"(unsigned char){self.index(length)}"
        forms = [
            f"{at} = {value};",
            f"*(misaligned_{self.pick('long', 'int', 'short')} *)({bytes_at}) = 0x41;",
            f"memset({bytes_at}, 0x41, {size});",
            f"memset({name}, 0x41, {size});",
            f"memcpy({name}, locals_source, {size});",
            f"memmove({bytes_at}, locals_source, {size});",
            f"__builtin_strcpy({bytes_at}, locals_text);",
            f"for (long j = 0; j < {self.index(length)} && j < 300; j++) {name}[j] = {value};",
            f"for (long j = {length - 1}; j >= -{size}; j--) {name}[j] = {value};",
            f"{{ {element} *p = {name} + {self.index(length)}; "
            f"p[{self.random.randrange(-2, 3)}] = {value}; }}",
            f"store_{self.pick('here', 'there')}({bytes_at}, {self.random.randrange(1, 9)});",
        ]
        others = [each for each in self.locals if each[1] == element]
        other = self.random.choice(others)[0]
        forms.append(f"{{ {element} *p = locals_attack[3] & 1 ? {name} : {other}; "
                     f"p[{self.index(length)}] = {value}; }}")
        if element in INTEGERS[:-1]:
            order = self.random.choice(ORDERS)
            forms += [
                f"{at} += 0x41;",
                f"__atomic_fetch_{self.pick('add', 'sub', 'xor', 'or', 'nand')}(&{at}, 0x41, {order});",
                f"__atomic_store_n(&{at}, 0x41, __ATOMIC_SEQ_CST);",
                f"__atomic_exchange_n(&{at}, 0x41, {order});",
                f"{{ {element} old = {at}; __atomic_compare_exchange_n(&{at}, &old, 0x41, 0, "
                f"{order}, __ATOMIC_RELAXED); }}",
            ]
        if element == "struct odd":
            forms.append(f"{at}.bits = 5;")
        if element == "vector":
            forms.append(f"{at}[{self.index(4)}] = 0x41;")
        return self.random.choice(forms)

    def text(self):
        # Many have one variable and one access: what else happens to it does not hide that.
        for _ in range(self.pick(1, 1, 2, 3, 4)):
            self.declare()
        accesses = [self.access() for _ in range(self.pick(1, 1, 2, 3))]
        uses = " ".join(f"keep({name});" for name, _, _ in self.locals
                        if self.random.randrange(5) == 0)
        body = "\n    ".join(self.lines + accesses)
        return (f"LOCALS_FUNCTION static long function{self.number}(void)\n{{\n"
                f"    volatile long first = 0x1111, second = 0x2222;\n    {body}\n    {uses}\n"
                f"    LOCALS_END(first == 0x1111 && second == 0x2222);\n}}\n")


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    source = random.Random(seed)
    print('#include "locals.h"\n')
    for number in range(count):
        print(Function(number, source).text())
    print("long (*const locals_functions[])(void) = {")
    print("".join(f"    function{number},\n" for number in range(count)) + "};")
    print(f"const int locals_count = {count};")


if __name__ == "__main__":
    main()
