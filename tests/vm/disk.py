# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A disk that boots a kernel with its initramfs, for machines that cannot load them: boot.S reads
what is here to its place. Nothing has to be mounted, the kernel needs no driver for it."""
import os
import pathlib
import shutil
import struct
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent / "boot.S"
TOOLS = ("as", "ld")
SECTOR, PAGE = 512, 4096
# As many as a track and its heads have: the disk is a number of whole cylinders.
CYLINDER = 16 * 63 * SECTOR
# In low memory, free up to the BIOS's own data: boot_params, the command line, page tables.
PARAMETERS = 0x10000
COMMAND_LINE, PAGES = PARAMETERS + PAGE, PARAMETERS + 2 * PAGE
LOW_END, HIGH_START = 0x9fc00, 0x100000
# Bochs' BIOS has its ACPI tables at the end of the memory.
TABLES = 0x10000
RAM, RESERVED, ACPI = 1, 2, 3


class Unusable(Exception):
    """These cannot be booted so."""


def memory_map(end):
    return ((0, LOW_END, RAM), (LOW_END, 0xa0000, RESERVED), (0xf0000, HIGH_START, RESERVED),
            (HIGH_START, end - TABLES, RAM), (end - TABLES, end, ACPI))


def parameters(kernel, command_line, initramfs, size, end):
    """Linux' boot_params, the command line and page tables that map the first 4 GiB as they are."""
    params = bytearray(PAGE)
    header_end = 0x202 + kernel[0x201]
    params[0x1f1:header_end] = kernel[0x1f1:header_end]
    params[0x210] = 0xff  # type_of_loader: none of those that have a number
    struct.pack_into("<II", params, 0x218, initramfs, size)
    struct.pack_into("<I", params, 0x228, COMMAND_LINE)
    areas = memory_map(end)
    params[0x1e8] = len(areas)
    for number, (first, last, kind) in enumerate(areas):
        struct.pack_into("<QQI", params, 0x2d0 + 20 * number, first, last - first, kind)
    line = os.fsencode(command_line)
    if len(line) >= min(PAGE, struct.unpack_from("<I", kernel, 0x238)[0] + 1):
        raise Unusable("the kernel's command line is too long")
    upper = struct.pack("<Q", PAGES + PAGE | 3)
    gigabytes = struct.pack("<4Q", *(number << 30 | 0x83 for number in range(4)))
    return b"".join(bytes(each).ljust(PAGE, b"\0") for each in (params, line, upper, gigabytes))


def sectors(size):
    return -(-size // SECTOR)


def boot_sector(directory, **symbols):
    unlinked, linked = (os.path.join(directory, "boot" + each) for each in (".o", ".bin"))
    words = [word for name, value in symbols.items() for word in ("--defsym", f"{name}={value}")]
    subprocess.run(["as", "--64", *words, "-o", unlinked, str(SOURCE)], check=True)
    subprocess.run(["ld", "-m", "elf_x86_64", "-Ttext=0x7c00", "--oformat", "binary", "-o", linked,
                    unlinked], check=True)
    return pathlib.Path(linked).read_bytes()


def write(path, kernel, initramfs, command_line, memory):
    """Writes the disk for a machine with so many MiB; further files of its own beside it."""
    kernel = pathlib.Path(kernel).read_bytes()
    if kernel[0x202:0x206] != b"HdrS" or not struct.unpack_from("<H", kernel, 0x236)[0] & 1:
        raise Unusable("the kernel is none that can be entered in 64-bit mode")
    setup = (kernel[0x1f1] + 1) * SECTOR
    start, = struct.unpack_from("<Q", kernel, 0x258)  # pref_address
    room, = struct.unpack_from("<I", kernel, 0x260)  # init_size
    end, size = memory << 20, os.path.getsize(initramfs)
    place = (end - TABLES - size) & -PAGE
    if place < start + room:
        raise Unusable(f"{memory} MiB of memory are not enough")
    low = parameters(kernel, command_line, place, size, end)
    sector = boot_sector(
        os.path.dirname(path), ENTRY=start + 0x200, PARAMETERS=PARAMETERS, PAGES=PAGES,
        PARAMETERS_SECTORS=sectors(len(low)), KERNEL=start,
        KERNEL_SECTORS=sectors(len(kernel) - setup), INITRAMFS=place,
        INITRAMFS_SECTORS=sectors(size))
    with open(path, "wb") as disk, open(initramfs, "rb") as archive:
        disk.write(sector + low)
        disk.write(kernel[setup:])
        disk.seek(sectors(disk.tell()) * SECTOR)
        shutil.copyfileobj(archive, disk, 1 << 20)
        disk.truncate(-(-disk.tell() // CYLINDER) * CYLINDER)
