#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs a program with a /dev of its own, whose system log is printed. For `unshare -m`.
set -eu
directory=$(mktemp -d)
mount -t tmpfs none "$directory"
for device in null zero urandom; do
    touch "$directory/$device"
    mount --bind "/dev/$device" "$directory/$device"
done
mount --move "$directory" /dev
rmdir "$directory"

python3 - "$@" <<'PYTHON'
import socket, subprocess, sys

log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
log.setblocking(False)
environment = {"MEMSENTRY_OPTIONS": "syslog=1"}
subprocess.run(sys.argv[1:], env=environment, stdin=subprocess.DEVNULL,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    while True:
        print(log.recv(65536).decode())
except BlockingIOError:
    pass
PYTHON
