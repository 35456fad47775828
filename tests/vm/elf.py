# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which files the dynamic loader needs to start a program, found as glibc's ld.so finds them, but
without executing anything."""
import os
import re
import struct
import subprocess

CACHE = "/etc/ld.so.cache"
DEFAULT_DIRECTORIES = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64",
                       "/usr/lib64", "/lib", "/usr/lib")
# What glibc loads by name: to cancel threads and to unwind.
LOADED_LATER = {"libc.so.6": ("libgcc_s.so.1",)}
ET_EXEC, ET_DYN, EM_X86_64 = 2, 3, 62
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 1, 5, 15, 29


class NotFound(Exception):
    pass


class Object:
    """A 64-bit executable or shared object: what its dynamic section says."""

    def __init__(self, path, file):
        self.path, self.interpreter = path, None
        self.needed, self.rpath, self.runpath = [], [], []
        segments = self.read_segments(file)
        for kind, offset, _, size in segments:
            if kind == PT_INTERP:
                file.seek(offset)
                self.interpreter = os.fsdecode(file.read(size).rstrip(b"\0"))
            elif kind == PT_DYNAMIC:
                file.seek(offset)
                self.read_dynamic(file, file.read(size), segments)

    @staticmethod
    def read_segments(file):
        file.seek(32)
        table, = struct.unpack("<Q", file.read(8))
        file.seek(54)
        size, count = struct.unpack("<HH", file.read(4))
        segments = []
        for number in range(count):
            file.seek(table + number * size)
            kind, _, offset, address, _, length = struct.unpack("<IIQQQQ", file.read(40))
            segments.append((kind, offset, address, length))
        return segments

    def read_dynamic(self, file, section, segments):
        tags = [pair for pair in struct.iter_unpack("<QQ", section[:len(section) & ~15])]
        strings = next((value for tag, value in tags if tag == DT_STRTAB), None)
        if strings is None:
            return
        base = next((offset - address for kind, offset, address, size in segments
                     if kind == PT_LOAD and address <= strings < address + size), None)
        if base is None:
            return

        def string(value):
            file.seek(base + strings + value)
            text = b""
            while b"\0" not in text:
                more = file.read(256)
                if not more:
                    break
                text += more
            return os.fsdecode(text.split(b"\0")[0])

        for tag, value in tags:
            if tag == 0:
                break
            if tag == DT_NEEDED:
                self.needed.append(self.expand(string(value)))
            elif tag == DT_RPATH:
                self.rpath = self.expand(string(value)).split(":")
            elif tag == DT_RUNPATH:
                self.runpath = self.expand(string(value)).split(":")

    def expand(self, text):
        origin = os.path.dirname(os.path.realpath(self.path))
        text = re.sub(r"\$(ORIGIN\b|\{ORIGIN\})", lambda _: origin, text)
        text = re.sub(r"\$(LIB\b|\{LIB\})", "lib/x86_64-linux-gnu", text)
        return re.sub(r"\$(PLATFORM\b|\{PLATFORM\})", "x86_64", text)


def read_object(path):
    """None for all but 64-bit x86 executables and shared objects."""
    with open(path, "rb") as file:
        start = file.read(64)
        if len(start) < 64 or start[:6] != b"\x7fELF\x02\x01":
            return None
        if struct.unpack("<HH", start[16:20]) not in ((ET_EXEC, EM_X86_64), (ET_DYN, EM_X86_64)):
            return None
        try:
            return Object(path, file)
        except struct.error:
            return None


class Linker:
    def __init__(self, library_path=()):
        self.library_path = list(library_path)
        self.cache = None
        self.known = {}

    def object(self, path):
        if path not in self.known:
            self.known[path] = read_object(path)
        return self.known[path]

    def cached(self, name):
        """Every entry of that name: which one it is depends on the processor inside."""
        if self.cache is None:
            self.cache = {}
            listing = subprocess.run(["/sbin/ldconfig", "-p"], stdout=subprocess.PIPE,
                                     check=False).stdout.decode()
            for line in listing.splitlines():
                match = re.match(r"\s+(\S+) \(libc6,x86-64.*\) => (/.*)", line)
                if match:
                    self.cache.setdefault(match[1], []).append(match[2])
        return self.cache.get(name, [])

    def search(self, name, directories):
        found = []
        for directory in directories:
            candidates = [os.path.join(directory or ".", name)]
            levels = os.path.join(directory or ".", "glibc-hwcaps")
            if os.path.isdir(levels):
                candidates += [os.path.join(levels, level, name) for level in os.listdir(levels)]
            found += [os.path.abspath(each) for each in candidates
                      if os.path.isfile(each) and self.object(each)]
            if found:
                break
        return found

    def find(self, name, chain):
        """chain: the object that needs it, the one that needs that, and so on."""
        if "/" in name:
            return [os.path.abspath(name)] if os.path.isfile(name) else []
        inherited = []
        if not chain[0].runpath:
            inherited = [each for object in chain if not object.runpath for each in object.rpath]
        return (self.search(name, inherited + self.library_path + chain[0].runpath)
                or [each for each in self.cached(name) if os.path.isfile(each)]
                or self.search(name, DEFAULT_DIRECTORIES))

    def needs(self, path):
        """The files that this one needs; empty for what is no dynamic program or library."""
        first = self.object(path)
        if first is None:
            return []
        found, names, lost, waiting = [], set(), [], [[first]]
        if first.interpreter:
            if not os.path.exists(first.interpreter):
                raise NotFound(f"{path}: its dynamic loader {first.interpreter} is not there")
            found.append(first.interpreter)
        while waiting:
            chain = waiting.pop(0)
            for name in chain[0].needed:
                if name in names:
                    continue
                files = self.find(name, chain)
                if not files:
                    lost.append((name, chain[0].path))
                    continue
                names.add(name)
                for each in files:
                    found.append(each)
                    if self.object(each):
                        waiting.append([self.object(each)] + chain)
                for later in LOADED_LATER.get(name, ()):
                    found += self.find(later, chain)
        # What another object finds counts, and a library may be loaded by one that has it.
        lost = [(name, needer) for name, needer in lost if name not in names]
        if lost and first.interpreter:
            raise NotFound("\n".join(f"{needer}: the shared library {name} is not found"
                                     for name, needer in lost))
        return found
