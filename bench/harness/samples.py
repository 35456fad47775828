# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""All that was measured, kept in a file as it comes, so that a run can go on where it stopped."""
import json


class Samples:
    """One JSON object a line; of two for the same build or run, the later counts."""

    def __init__(self, file, percent):
        """percent: how much of the work the runs do; those that do another part are passed over."""
        self.file, self.percent = file, percent
        self.builds, self.runs = {}, {}
        if file.exists():
            for line in file.read_text().splitlines():
                try:
                    self._take(json.loads(line))
                except (ValueError, KeyError):
                    pass  # The line that an interrupt cut off: it is measured again.

    def _take(self, sample):
        key = sample["subject"], sample["configuration"], sample["round"]
        if sample["kind"] == "build":
            self.builds[key] = sample
        elif sample["percent"] == self.percent:
            self.runs[key] = sample

    def add_build(self, subject, configuration, number, usage, text, checks):
        self._add("build", subject, configuration, number, usage, text=text, checks=checks)

    def add_run(self, subject, configuration, number, usage):
        self._add("run", subject, configuration, number, usage, percent=self.percent)

    def _add(self, kind, subject, configuration, number, usage, **more):
        sample = {"kind": kind, "subject": subject.name, "configuration": configuration.name,
                  "round": number, **usage._asdict(), **more}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        # The newline comes first: what an interrupt cut off stays a line of its own.
        with self.file.open("a") as file:
            file.write("\n" + json.dumps(sample))
        self._take(sample)

    def has_build(self, subject, configuration, number):
        return (subject.name, configuration.name, number) in self.builds

    def has_round(self, subject, configurations, number):
        """Whether all of them ran in it: runs of different times are no pairs."""
        return all((subject.name, each.name, number) in self.runs for each in configurations)

    def of(self, kind, subject, configuration, count, what):
        """What was measured in rounds 0 to count - 1."""
        kept = self.builds if kind == "build" else self.runs
        return [kept[subject.name, configuration.name, number][what] for number in range(count)]
