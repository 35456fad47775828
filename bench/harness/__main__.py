# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds, checks and measures all benchmarks in all configurations; started by bench/run."""
import argparse
import collections
import hashlib
import json
import shutil
import sys
import time

import configurations
import machine
import report
import subjects
import switches
from progress import Progress
from samples import Samples
from subjects import Failed, ROOT, WORK

MARKS = ("<!-- bench/run --publish writes what is between these lines -->\n",
         "<!-- end of what bench/run --publish writes -->\n")


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures what MemSentry costs against stock builds of the same programs.",
        epilog="Groups and benchmarks:\n" + "".join(
            f"  {group}: {', '.join(names)}\n" for group, names in subjects.GROUPS.items())
        + f"Configurations: {', '.join(configurations.NAMES)}\n\n"
        "All is kept in build-bench; the same command goes on where it stopped.\n"
        "Exit status: 0, 1 when a build or an output is wrong, 2 for a usage error, when\n"
        "something has to be installed first or another run is at work.")

    def names(text):
        return [name for name in text.split(",") if name]
    parser.add_argument("--quick", action="store_true",
                        help="3 pairs, 1 build, a tenth of the work, no plots: whether it works")
    parser.add_argument("--only", type=names, metavar="NAME,...", default=[],
                        help="these benchmarks or groups of them")
    parser.add_argument("--config", type=names, metavar="NAME,...", default=[],
                        help="these configurations, and what they are compared with")
    parser.add_argument("--switches", action="store_true",
                        help="how often a domain would be switched at calls, and what that costs; "
                        f"by default for {', '.join(switches.SUBJECTS)}")
    parser.add_argument("--runs", type=int, metavar="N", help="pairs of runs (20)")
    parser.add_argument("--builds", type=int, metavar="N",
                        help="how often each is built, for the compile time (2)")
    parser.add_argument("--memsentry", metavar="DIR", help="use this build of MemSentry")
    parser.add_argument("--publish", action="store_true",
                        help="put tables and plots into docs/performance.md")
    parser.add_argument("--list", action="store_true", help="print the benchmarks, do nothing")
    parser.add_argument("--revision", default="unknown", help=argparse.SUPPRESS)
    options = parser.parse_args()

    if options.switches and (options.config or options.publish):
        parser.error("--switches goes with neither --config nor --publish")
    try:
        options.only = subjects.select(
            options.only or (switches.SUBJECTS if options.switches else []))
    except LookupError as error:
        parser.error(f"no benchmark or group '{error.args[0]}'; see --help")
    for name in options.config:
        if name not in configurations.NAMES:
            parser.error(f"no configuration '{name}'; see --help")
    options.config = configurations.select(options.config)
    options.runs = options.runs or (3 if options.quick else 20)
    options.builds = options.builds or (1 if options.quick else 2)
    if options.runs < 1 or options.builds < 1:
        parser.error("there has to be a run and a build")
    options.percent = 10 if options.quick else 100
    return options


class Bench:
    def __init__(self, options, key):
        self.options, self.key = options, key
        self.samples = Samples(WORK / "samples" / f"{key}.jsonl", options.percent)
        self.failures = []
        count = len(options.config)
        self.progress = Progress(collections.Counter({
            f"{what} {group}": times * count * sum(each.group == group for each in options.only)
            for group in subjects.GROUPS
            for what, times in (("build", options.builds), ("run", options.runs + 1))}))

    def fail(self, subject, configuration, why):
        self.failures.append({"subject": subject.name, "group": subject.group,
                              "configuration": configuration.name, "why": why})
        self.progress.say(f"  {subject.name}, {configuration.name}: failed: {why}")

    def timed(self, what, subject, configuration, action):
        """A step: what it returns, None when it failed."""
        verb = {"build": "building", "run": "running"}[what]
        # Builds of programs are what takes minutes.
        self.progress.show(f"{verb} {subject.name}, {configuration.name}",
                           always=(what, subject.group) == ("build", "programs"))
        start = time.monotonic()
        try:
            return action()
        except Failed as error:
            self.fail(subject, configuration, str(error))
            return None
        finally:
            self.progress.step(f"{what} {subject.group}", time.monotonic() - start)

    def in_turn(self, number):
        """Forwards and backwards, so that no configuration is always the first."""
        return self.options.config if number % 2 == 0 else self.options.config[::-1]

    def build(self, subject):
        """Builds what has not been built; whatever cannot be is in the failures."""
        failed = set()
        for number in range(self.options.builds):
            for configuration in self.in_turn(number):
                known = (self.samples.has_build(subject, configuration, number)
                         and subject.is_built(configuration, self.key))
                if known or configuration in failed:
                    self.progress.skip(f"build {subject.group}", 1)
                    continue
                built = self.timed("build", subject, configuration,
                                   lambda: subject.build(configuration, self.key))
                if built is None:
                    failed.add(configuration)
                else:
                    self.samples.add_build(subject, configuration, number, *built)
        return failed

    def run(self, subject, configuration, expected):
        """What one run used and the digest of its output; None when it went wrong."""
        directory = subject.directory(configuration)
        done = self.timed("run", subject, configuration,
                          lambda: subject.run(directory, self.options.percent,
                                              configuration.environment()))
        if done is not None and expected not in (None, done[1]):
            self.fail(subject, configuration, "its output is not that of stock")
            return None
        return done

    def check(self, subject, failed):
        """One run of each, which warms up and shows whether the output is right."""
        expected, right = None, []
        for configuration in self.options.config:
            # Stock is the first.
            if configuration in failed or (right == [] and configuration.name != "stock"):
                self.progress.skip(f"run {subject.group}", 1)
                continue
            done = self.run(subject, configuration, expected)
            if done is not None:
                expected = done[1]
                right.append(configuration)
        return right, expected

    def measure(self, subject, right, expected):
        """The rounds of runs; returns the configurations that are right to the end."""
        for number in range(self.options.runs):
            known = self.samples.has_round(subject, right, number)
            for configuration in self.in_turn(number):
                if known or configuration not in right:
                    self.progress.skip(f"run {subject.group}", 1)
                    continue
                done = self.run(subject, configuration, expected)
                if done is None:
                    right = [each for each in right if each != configuration]
                else:
                    self.samples.add_run(subject, configuration, number, done[0])
        return right

    def rows_of(self, subject):
        right, expected = self.check(subject, self.build(subject))
        right = self.measure(subject, right, expected)
        usable = {each.name: each for each in right}
        return [report.row(self.samples, subject, configuration, usable[baseline],
                           self.options.runs, self.options.builds)
                for configuration in right for baseline in configuration.baselines
                if baseline in usable]


def publish(directory, table):
    page = ROOT / "docs/performance.md"
    before, _, rest = page.read_text().partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        sys.exit(f"bench/run: error: {page.relative_to(ROOT)} lacks the lines that mark the place")
    plots = ROOT / "docs/performance"
    plots.mkdir(exist_ok=True)
    for file in sorted([*directory.glob("*.png"), *directory.glob("*.svg")]):
        shutil.copy(file, plots)
        if file.suffix == ".svg":
            table += f"\n![{file.stem}](performance/{file.name})\n"
    page.write_text(before + MARKS[0] + table + MARKS[1] + after)


def without_hardware(options, backends):
    """Takes what cannot run here out of the configurations, and says what that is."""
    skipped = configurations.skipped(options.config, backends)
    for name, missing in skipped.items():
        print(f"skipped: {name}: {missing}", flush=True)
    unmeasured = [{"configuration": each.name, "baseline": baseline, "why": skipped[each.name]}
                  for each in options.config if each.name in skipped
                  for baseline in each.baselines]
    options.config = [each for each in options.config if each.name not in skipped]
    return unmeasured


def write(options, bench, rows, unmeasured, described):
    results = {
        "machine": described,
        "options": {"runs": options.runs, "builds": options.builds, "percent": options.percent},
        "flags": {each.name: machine.flags_of(each.build) for each in options.config},
        "lower_bounds": {each.name: each.lower_bound for each in options.config
                         if each.lower_bound},
        "means": report.means(rows), "rows": rows, "failures": bench.failures,
        "not_measured": unmeasured,
        "samples": [*bench.samples.builds.values(), *bench.samples.runs.values()],
    }
    directory = WORK / "results" / described["date"].replace(" ", "-").replace(":", "")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    table = report.markdown(results)
    (directory / "table.md").write_text(table)
    if not options.quick:
        import plots  # It needs matplotlib, which nothing else does.
        plots.draw(directory, rows)
    print(f"\n{table}\nWritten to {directory.relative_to(ROOT)}.")
    if options.publish:
        publish(directory, table)


def main():
    options = arguments()
    if options.list:
        print("\n".join(subject.name for subject in options.only))
        return 0
    described = machine.describe(options.revision)
    unmeasured = without_hardware(options, machine.backends())
    # What is measured again when it changes.
    key = hashlib.sha256(" ".join([options.revision, described["memsentry"],
                                   described["compiler"]]).encode())
    if options.switches:
        return switches.main(options, described, key.hexdigest()[:16])
    bench = Bench(options, key.hexdigest()[:16])
    rows = []
    for subject in options.only:
        rows += bench.rows_of(subject)
    bench.progress.say("")
    write(options, bench, rows, unmeasured, described)
    for failure in bench.failures:
        print("failed: {subject}, {configuration}: {why}".format(**failure))
    return 1 if bench.failures else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    print("\nbench/run: stopped; the same command goes on from here", file=sys.stderr)
    sys.exit(130)
