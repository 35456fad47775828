# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The results as rows, as JSON and as tables in Markdown."""
import statistics

import ratios

# A mean of what starting a thread costs and what malloc costs says nothing.
MEAN_GROUPS = ("programs", "kernels")


def row(samples, subject, configuration, baseline, runs, builds):
    """All that there is to say of one benchmark in one configuration, against a baseline."""
    def measured(kind, what):
        count = builds if kind == "build" else runs
        return (samples.of(kind, subject, baseline, count, what),
                samples.of(kind, subject, configuration, count, what))

    seconds = measured("run", "seconds")
    pairs = ratios.of_pairs(*seconds)
    low, high = ratios.median_interval(pairs)
    instructions = measured("run", "instructions")
    counted = None not in instructions[0] + instructions[1]
    return {
        "subject": subject.name, "group": subject.group,
        "configuration": configuration.name, "baseline": baseline.name,
        "baseline_seconds": min(seconds[0]),
        "minimum": ratios.of_minima(*seconds), "median": statistics.median(pairs),
        "low": low, "high": high, "pairs": pairs,
        "instructions": ratios.of_minima(*instructions) if counted else None,
        "compile": ratios.of_minima(*measured("build", "seconds")),
        "text": ratios.of_minima(*measured("build", "text")),
        "checks": measured("build", "checks")[1][0],
        "lower_bound": bool(configuration.lower_bound),
        "memory": ratios.of_minima(*measured("run", "peak")),
    }


def summary(rows):
    """Geometric means over the rows of one configuration and baseline."""
    worst = max(rows, key=lambda row: row["median"])
    low, high = ratios.mean_interval([row["pairs"] for row in rows])

    def mean(what):
        values = [row[what] for row in rows]
        return None if None in values else ratios.geometric_mean(values)
    return {
        "group": rows[0]["group"], "count": len(rows),
        "configuration": rows[0]["configuration"], "baseline": rows[0]["baseline"],
        "lower_bound": rows[0]["lower_bound"],
        "median": mean("median"), "low": low, "high": high,
        "worst": worst["subject"], "worst_median": worst["median"],
        **{what: mean(what) for what in ("minimum", "instructions", "compile", "text", "memory")},
    }


def by_comparison(rows):
    """The rows of each configuration and baseline."""
    groups = {}
    for each in rows:
        groups.setdefault((each["configuration"], each["baseline"]), []).append(each)
    return groups


def means(rows):
    return [summary(members) for group in MEAN_GROUPS for members in by_comparison(
        [each for each in rows if each["group"] == group]).values()]


NOT_MEASURED = "not measured"


def number(value):
    return "-" if value is None else f"{value:.3f}"


def median_interval(result):
    return f"{result['median']:.3f} [{result['low']:.3f}, {result['high']:.3f}]"


def table(heads, lines, alignment="---:"):
    rule = ["---"] + [alignment] * (len(heads) - 1)
    return ["| " + " | ".join(line) + " |" for line in [heads, rule, *lines]]


def comparison(configuration, baseline):
    return f"{configuration} / {baseline}"


def is_time(title):
    """Code, the compiler and memory are what they are, whether checks do anything or not."""
    return title.startswith("run time")


def with_unmeasured(comparisons, unmeasured):
    """The comparisons, and without rows those of configurations that cannot run here."""
    return {**comparisons, **{(each["configuration"], each["baseline"]): []
                              for each in unmeasured}}


def ratio_table(title, group, subjects, comparisons, cell):
    """A row for each benchmark, a column for each comparison, geometric means below."""
    def mean(rows):
        if not rows:
            return NOT_MEASURED
        missing = "" if len(rows) == len(subjects) else f" ({len(rows)} of {len(subjects)})"
        return cell(summary(rows)) + missing

    lines = []
    for subject in subjects:
        results = [{row["subject"]: row for row in rows} for rows in comparisons.values()]
        lines.append([subject] + [cell(each[subject]) if subject in each else
                                  "failed" if each else NOT_MEASURED for each in results])
    if group in MEAN_GROUPS:
        lines.append(["**geometric mean**"] + [mean(rows) for rows in comparisons.values()])
    heads = [title] + [comparison(*key) + (", lower bound" if is_time(title) and rows
                                           and rows[0]["lower_bound"] else "")
                       for key, rows in comparisons.items()]
    return table(heads, lines) + [""]


def group_tables(group, rows, failures, unmeasured):
    rows = [each for each in rows if each["group"] == group]
    failures = [each for each in failures if each["group"] == group]
    if not rows:
        return []
    comparisons = with_unmeasured(by_comparison(rows), unmeasured)
    subjects = list(dict.fromkeys(each["subject"] for each in rows + failures))
    lines = ["", f"### {group.capitalize()}", ""]
    lines += ratio_table("run time: median [95 %]", group, subjects, comparisons, median_interval)
    for what, title in (("minimum", "run time: minima"), ("instructions", "instructions"),
                        ("compile", "compile time"), ("text", "text size"),
                        ("memory", "peak memory")):
        if any(each[what] is not None for each in rows):
            lines += ratio_table(title, group, subjects, comparisons,
                                 lambda result, what=what: number(result[what]))
    seconds = {each["subject"]: f"{each['baseline_seconds']:.2f}"
               for each in rows if each["baseline"] == "stock"}
    lines.append("Seconds of CPU time of a run of the stock build, at the least: "
                 + ", ".join(" ".join(each) for each in seconds.items()) + ".")
    counted = {}
    for each in rows:
        if each["checks"] is not None:
            counted.setdefault(each["configuration"], {})[each["subject"]] = str(each["checks"])
    for name, counts in counted.items():
        lines += ["", f"Checks in the code, {name}: "
                  + ", ".join(" ".join(each) for each in counts.items()) + "."]
    return lines


def markdown(results):
    machine, options = results["machine"], results["options"]
    lines = [
        f"{machine['date']}: {machine['memsentry']}, revision `{machine['revision']}`;",
        f"{machine['compiler']}; {machine['cores']} cores of {machine['cpu']},",
        f"microcode {machine['microcode']}, governor {machine['governor']}, {machine['kernel']};",
        f"load at the start {machine['load']:.2f}. Pairs of runs: {options['runs']};",
        f"builds: {options['builds']}; work: {options['percent']} %.",
    ]
    if not any(each["instructions"] for each in results["rows"]):
        lines.append("Instruction counts are not available on this machine.")
    lines.append("")
    lines += table(["configuration", "flags"],
                   [[name, f"`{flags}`"] for name, flags in results["flags"].items()],
                   alignment="---")
    for group in ("programs", "kernels", "micro"):
        lines += group_tables(group, results["rows"], results["failures"],
                              results["not_measured"])
    if results["lower_bounds"]:
        lines += ["", "Run times that are **lower bounds**, not estimates:", ""]
        lines += [f"- {name}: {why}" for name, why in results["lower_bounds"].items()]
    why = {each["configuration"]: each["why"] for each in results["not_measured"]}
    if why:
        lines += ["", "Not measured:", ""]
        lines += [f"- {name}: {missing}" for name, missing in why.items()]
    if results["failures"]:
        lines += ["", "Failed, and in none of these numbers:", ""]
        lines += [f"- {each['subject']}, {each['configuration']}: {each['why']}"
                  for each in results["failures"]]
    return "\n".join(lines) + "\n"
