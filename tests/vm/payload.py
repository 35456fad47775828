# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What lies in the file system of the virtual machine, and its archive (cpio, newc)."""
import os
import shutil
import stat

import elf

# The shell of the machine and what init reads: out of the way of all that comes from outside.
PRIVATE = "/.vm"
# Where nothing else is given.
FILES = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "/etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
DIRECTORIES = ("/dev", "/proc", "/root", "/run", "/sys", "/usr/bin", "/var/tmp")
# Where Debian has links into /usr; programs name both.
MERGED = ("/bin", "/sbin", "/lib", "/lib64")


class Missing(Exception):
    """Something that is needed inside is not there outside."""


class Payload:
    def __init__(self, library_path=()):
        self.entries = {}  # path: (mode, mtime, content, name of a file or target of a link)
        self.linker = elf.Linker(library_path)
        for path in DIRECTORIES:
            self.add_directory(path)
        self.add_directory("/tmp", 0o1777)
        for path in MERGED:
            self.add_directory(path)
        if os.path.exists(elf.CACHE):
            self.add(elf.CACHE)

    def add_directory(self, path, mode=0o755):
        """A directory and those above it, as they are outside where they are there."""
        if os.path.lexists(path):
            path = self.add(path)
        elif path != "/":
            path = os.path.join(self.add_directory(os.path.dirname(path)),
                                os.path.basename(path))
            self.entries[path] = (stat.S_IFDIR | mode, 0, b"", None)
        return path

    def add_text(self, path, text, mode=0o644):
        path = os.path.join(self.add_directory(os.path.dirname(path)), os.path.basename(path))
        content = text if isinstance(text, bytes) else text.encode()
        self.entries[path] = (stat.S_IFREG | mode, 0, content, None)

    def add(self, path):
        """A file, link or empty directory and all that leads to it; returns where links end."""
        path, links = os.path.abspath(path), 0
        done, rest = "/", [part for part in path.split("/") if part]
        while rest:
            part = rest.pop(0)
            if part == "..":
                done = os.path.dirname(done)
                continue
            here = os.path.join(done, part)
            try:
                status = os.lstat(here)
            except OSError as error:
                raise Missing(f"{path}: {error.strerror}") from error
            if stat.S_ISLNK(status.st_mode):
                links += 1
                if links > 40:
                    raise Missing(f"{path}: too many links")
                target = os.readlink(here)
                self.entries[here] = (status.st_mode, status.st_mtime, os.fsencode(target), None)
                if target.startswith("/"):
                    done = "/"
                rest = [each for each in target.split("/") if each not in ("", ".")] + rest
                continue
            done = here
            if here not in self.entries and self.is_wanted(here, status):
                name = here if stat.S_ISREG(status.st_mode) else None
                self.entries[here] = (status.st_mode, status.st_mtime, b"", name)
        return done

    @staticmethod
    def is_wanted(path, status):
        if stat.S_ISREG(status.st_mode) and not os.access(path, os.R_OK):
            raise Missing(f"{path}: not readable")
        return stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)

    def add_program(self, path):
        """A file with all that the kernel and the dynamic loader look for when it is executed."""
        self.add(path)
        try:
            needed = self.linker.needs(path)
        except elf.NotFound as error:
            raise Missing(str(error)) from error
        for each in needed:
            self.add(each)
        with open(path, "rb") as file:
            start = file.read(256)
        if start.startswith(b"#!") and os.access(path, os.X_OK):
            words = os.fsdecode(start[2:].split(b"\n")[0]).split()
            if words and os.path.basename(words[0]) == "env" and len(words) > 1:
                words[1] = shutil.which(words[1]) or words[1]
            for word in words[:2]:
                # One that is not there may be the machine's own, such as /bin/sh.
                if word.startswith("/") and os.path.exists(word):
                    self.add_program(word)

    def add_tree(self, path):
        """A file or a whole directory, with what each program and library in it needs."""
        if not os.path.isdir(path):
            self.add_program(path)
            return
        self.add(path)
        for directory, subdirectories, names in os.walk(path):
            for name in subdirectories + names:
                each = os.path.join(directory, name)
                if not os.path.exists(each):
                    if os.path.islink(each):
                        self.add_dangling(each)
                elif os.path.isfile(each):
                    self.add_program(each)
                else:
                    self.add(each)

    def add_dangling(self, path):
        path = os.path.join(self.add(os.path.dirname(path)), os.path.basename(path))
        self.entries[path] = (stat.S_IFLNK | 0o777, 0, os.fsencode(os.readlink(path)), None)

    def write(self, file):
        """Writes the archive and returns its size in bytes."""
        for path, text in FILES.items():
            if path not in self.entries:
                self.add_text(path, text)
        written = 0
        for number, (path, entry) in enumerate(sorted(self.entries.items()), 1):
            mode, mtime, content, source = entry
            if source:
                with open(source, "rb") as origin:
                    size = os.fstat(origin.fileno()).st_size
                    written += write_header(file, path, number, mode, mtime, size)
                    shutil.copyfileobj(origin, file, 1 << 20)
            else:
                size = len(content)
                written += write_header(file, path, number, mode, mtime, size)
                file.write(content)
            written += size + write_padding(file, size)
        return written + write_header(file, "/TRAILER!!!", 0, 0, 0, 0)


def write_header(file, path, number, mode, mtime, size):
    name = os.fsencode(path[1:]) + b"\0"
    if size >= 1 << 32:
        raise Missing(f"{path}: too large for the machine")
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, int(mtime), size, 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    file.write(header)
    return len(header) + write_padding(file, len(header))


def write_padding(file, size):
    return file.write(bytes(-size % 4))
