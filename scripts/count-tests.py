#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counts the tests inside a run of `meson test`, from its JSON log.

usage: count-tests.py TESTLOG.JSON

One Meson test may hold many of lit, TAP or Criterion; each of those counts. Prints "passed failed
skipped" on the first line, then a line per skipped test with its reason, then the output of each
failed Meson test. A missing or empty log counts as nothing run.
"""
import json
import re
import sys

FAILURES = ("FAIL", "TIMEOUT", "ERROR", "UNEXPECTEDPASS", "INTERRUPT")
LIT_LINE = re.compile(r"^ +([A-Z][A-Za-z ]+?) *: +(\d+) \(", re.MULTILINE)
LIT_PASSED = ("Passed", "Passed With Retry", "Expectedly Failed")
LIT_SKIPPED = ("Unsupported", "Skipped")
TAP_LINE = re.compile(r"^(ok|not ok)\b([^#\n]*)(?:# *(SKIP|TODO)\b(.*))?$",
                      re.MULTILINE | re.IGNORECASE)
CRITERION = re.compile(r"Synthesis: Tested: \d+ \| Passing: (\d+) \| Failing: (\d+) "
                       r"\| Crashing: (\d+)")


def count(test):
    """Returns [passed, failed, reasons of skips]."""
    name, result = test["name"], test["result"]
    output = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    passed, failed, skips = 0, 0, []

    if "Total Discovered Tests:" in output:
        for category, number in LIT_LINE.findall(output):
            number = int(number)
            if category in LIT_PASSED:
                passed += number
            elif category in LIT_SKIPPED:
                skips += ["%s: %s by lit" % (name, category.lower())] * number
            elif category != "Excluded":
                failed += number
    elif re.search(r"^1\.\.\d+", output, re.MULTILINE):
        for verdict, title, directive, reason in TAP_LINE.findall(output):
            if directive.upper() == "SKIP":
                skips.append("%s:%s: %s" % (name, title.rstrip(), reason.strip()))
            elif verdict.lower() == "ok":
                passed += 1
            else:
                failed += 1
    elif CRITERION.search(output):
        for good, bad, crashed in CRITERION.findall(output):
            passed += int(good)
            failed += int(bad) + int(crashed)
        skips += ["%s: %s" % (name, line) for line in re.findall(r"\[SKIP\] *(.*)", output)]
    elif result == "SKIP":
        reason = output.strip().splitlines() or ["no reason given"]
        skips.append("%s: %s" % (name, reason[-1]))
    elif result in ("OK", "EXPECTEDFAIL") and "did not match any tests" not in output:
        passed = 1
    if result in FAILURES and failed == 0:
        failed = 1
    return passed, failed, skips


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(sys.argv[1]) as file:
            tests = [json.loads(line) for line in file if line.strip()]
    except FileNotFoundError:
        tests = []

    passed, failed, skips, details = 0, 0, [], []
    for test in tests:
        good, bad, skipped = count(test)
        passed += good
        failed += bad
        skips += skipped
        if bad:
            details.append("---- %s: %s ----\n%s\n%s" % (
                test["name"], test["result"], (test.get("stdout") or "").rstrip(),
                (test.get("stderr") or "").rstrip()))
    print(passed, failed, len(skips))
    for reason in skips:
        print("skipped: " + reason)
    for detail in details:
        print(detail)
    return 0


sys.exit(main())
