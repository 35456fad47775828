#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Asks an nginx in directory RUN for many things at once; prints each answer, in a fixed order."""
import concurrent.futures
import hashlib
import http.client
import os
import signal
import socket
import sys
import time


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def wait_for(what, condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)
    sys.exit(f"client.py: {what} did not happen")


def answer(connection, method, url, body=None, **headers):
    connection.request(method, url, body, headers)
    response = connection.getresponse()
    data = response.read()
    fields = [response.getheader(name, "-")
              for name in ("Content-Type", "Content-Length", "Content-Range", "Allow")]
    return f"{method} {url} {response.status} {fields} {hashlib.sha256(data).hexdigest()}"


def session(path, names, number):
    """One client: every file, whole and in ranges, directly and through the proxy."""
    connection = Connection(path)
    lines = []
    for name in names[number::4]:
        for url in ("/" + name, "/proxy/" + name):
            lines.append(answer(connection, "GET", url))
            lines.append(answer(connection, "GET", url, Range="bytes=10-99"))
            lines.append(answer(connection, "HEAD", url))
    lines.append(answer(connection, "GET", "/proxy/proxy/proxy/core/nginx.c"))
    lines.append(answer(connection, "GET", f"/missing/{number}" + "x" * 3000))
    lines.append(answer(connection, "POST", "/core/nginx.c", b"a=1"))
    lines.append(answer(connection, "POST", "/proxy/core/nginx.c", b"y" * 200000))
    lines.append(answer(connection, "GET", "/../../etc/passwd"))
    lines.append(answer(connection, "GET", "/core/nginx.c", Range="bytes=99999999-"))
    lines.append(answer(connection, "GET", "/include/page.html"))
    connection.close()
    return lines


def main():
    run, tree = sys.argv[1:]
    path = "server.sock"  # Relative: its length is limited.
    pid_file = os.path.join(run, "nginx.pid")
    with open(os.path.join(run, "page.html"), "w", encoding="ascii") as page:
        page.write('<!--#set var="a" value="b" --><!--#echo var="a" -->'
                   '<!--#include virtual="/core/nginx.h" -->\n' * 20)
    source = os.path.join(tree, "src")
    names = sorted(os.path.relpath(os.path.join(directory, file), source)
                   for directory, _, files in os.walk(source) for file in files)
    wait_for("the start", lambda: os.path.exists(pid_file) and os.path.getsize(pid_file) > 0)
    with open(pid_file, encoding="ascii") as file:
        master = int(file.read())
    children = f"/proc/{master}/task/{master}/children"

    def workers():
        with open(children, encoding="ascii") as file:
            return set(file.read().split())

    for _ in range(2):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for lines in pool.map(lambda number: session(path, names, number), range(4)):
                print("\n".join(lines))
        # New workers with a new configuration, while the old ones finish.
        before = workers()
        os.kill(master, signal.SIGHUP)
        wait_for("the reload", lambda: len(workers()) >= 2 and not workers() & before)
    print("workers:", len(workers()))


main()
