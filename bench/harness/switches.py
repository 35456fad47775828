# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How often programs would switch a domain at certain points, and what that costs or would cost;
bench/run --switches."""
import json
import re
import statistics

import configurations
import machine
import ratios
import report
from configurations import Configuration
from subjects import Failed, ROOT, WORK

POINTS = ("call-ret", "icall", "libfunc")
SUBJECTS = ["bzip2", "lua5.4", "zlib", "allocation", "sort", "virtual"]
STOCK = Configuration("stock", "stock", baselines=())
# docs/performance.md says where that comes from: 54 cycles of a counter of 2.0 GHz.
PAIR_SECONDS = 54 / 2.0e9


def counting(points):
    return Configuration(f"count-{points}", f"count-{points}")


def switching(points):
    return Configuration(f"mpk-{points}", f"mpk-{points}", backend="mpk")


def points_passed(text):
    """The sum of what the processes have said on standard error."""
    said = re.findall(r"^memsentry: benchdomain: (\d+) points$", text, re.MULTILINE)
    return sum(map(int, said))


def predicted(switches, seconds):
    """The ratio to stock of a run that opens and closes so often."""
    return 1 + switches * PAIR_SECONDS / seconds


def build(subject, configuration, key):
    if not subject.is_built(configuration, key):
        print(f"  building {subject.name}, {configuration.name}", flush=True)
        subject.build(configuration, key)


def count(subject, points, key, percent, expected):
    """How often a run passes the points."""
    configuration = counting(points)
    build(subject, configuration, key)
    directory = subject.directory(configuration)
    _, printed = subject.run(directory, percent)
    if printed != expected:
        raise Failed("its output is not that of stock")
    return points_passed(subject.log("run", directory).read_text(errors="replace"))


def measure(subject, usable, key, options):
    """CPU seconds of stock and of what can run here, by name, a run of each in every round."""
    chosen = [STOCK, *usable]
    seconds = {each.name: [] for each in chosen}
    expected = None
    for each in chosen:
        build(subject, each, key)
    for number in range(options.runs + 1):
        for each in chosen if number % 2 == 0 else chosen[::-1]:
            usage, printed = subject.run(subject.directory(each), options.percent)
            if expected not in (None, printed):
                raise Failed(f"{each.name}: its output is not that of stock")
            expected = printed
            # The first round warms up.
            if number > 0:
                seconds[each.name].append(usage.seconds)
    return seconds, expected


def row(subject, points, switches, seconds):
    stock = seconds["stock"]
    result = {"subject": subject.name, "group": subject.group, "points": points,
              "switches": switches, "stock_seconds": min(stock),
              "per_second": switches / min(stock),
              "predicted": predicted(switches, min(stock)), "measured": None}
    runs = seconds.get(switching(points).name)
    if runs:
        pairs = ratios.of_pairs(stock, runs)
        low, high = ratios.median_interval(pairs)
        result["measured"] = {"median": statistics.median(pairs), "low": low, "high": high,
                              "minimum": ratios.of_minima(stock, runs), "pairs": pairs}
    return result


def rows_of(subject, usable, key, options):
    print(f"  {subject.name}", flush=True)
    seconds, expected = measure(subject, usable, key, options)
    return [row(subject, points, count(subject, points, key, options.percent, expected), seconds)
            for points in POINTS]


def thousands(value):
    return f"{round(value):,}"


def markdown(results):
    described, options = results["machine"], results["options"]
    lines = [
        f"{described['date']}: {described['memsentry']}, revision `{described['revision']}`;",
        f"{described['compiler']}; {described['cpu']}, {described['kernel']};",
        f"load at the start {described['load']:.2f}. Runs: {options['runs']}; "
        f"work: {options['percent']} %.", ""]
    lines += report.table(
        ["program", "points", "switches", "stock, s", "switches per second",
         "run time: predicted", "run time: median [95 %]"],
        [[each["subject"], each["points"], thousands(each["switches"]),
          f"{each['stock_seconds']:.2f}", thousands(each["per_second"]),
          report.number(each["predicted"]),
          report.median_interval(each["measured"]) if each["measured"] else report.NOT_MEASURED]
         for each in results["rows"]])
    lines += ["", f"Predicted is what {PAIR_SECONDS * 1e9:.0f} ns for each switch, open and close, "
              "add to stock: no measurement."]
    if results["not_measured"]:
        lines += ["", f"Not measured: {results['not_measured']}."]
    lines += [f"\nFailed: {each['subject']}: {each['why']}" for each in results["failures"]]
    return "\n".join(lines) + "\n"


def main(options, described, key):
    missing = configurations.missing_hardware(machine.backends()).get("mpk")
    usable = [] if missing else [switching(points) for points in POINTS]
    if missing:
        print("".join(f"skipped: {switching(points).name}: {missing}\n" for points in POINTS),
              end="", flush=True)
    rows, failures = [], []
    for subject in options.only:
        try:
            rows += rows_of(subject, usable, key, options)
        except Failed as error:
            failures.append({"subject": subject.name, "why": str(error)})
    results = {"machine": described,
               "options": {"runs": options.runs, "percent": options.percent},
               "flags": {each.name: machine.flags_of(each.build)
                         for points in POINTS for each in (counting(points), switching(points))},
               "rows": rows, "not_measured": missing, "failures": failures}
    directory = WORK / "results" / (described["date"].replace(" ", "-").replace(":", "")
                                    + "-switches")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    table = markdown(results)
    (directory / "table.md").write_text(table)
    if rows and not options.quick:
        import plots  # It needs matplotlib, which nothing else does.
        plots.switches(directory, rows, PAIR_SECONDS)
    print(f"\n{table}\nWritten to {directory.relative_to(ROOT)}.")
    return 1 if failures else 0
