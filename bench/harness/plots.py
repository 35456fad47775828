# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The results as bars, in PNG and SVG."""
import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "memsentry"

import matplotlib.pyplot as plt  # noqa: E402  (after the choice of a backend without a display)

import report  # noqa: E402


def grouped_bars(axes, subjects, series, errors=None):
    """series: values for each subject, by name; bars of what exceeds 1, or falls short of it."""
    width = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        places = [place + (index - (len(series) - 1) / 2) * width
                  for place in range(len(subjects))]
        axes.bar(places, [(value - 1) * 100 for value in values], width, label=name,
                 yerr=errors[name] if errors else None,
                 error_kw={"elinewidth": 0.8, "capsize": 1.5})
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(subjects)), subjects, rotation=30, ha="right")
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)


def save(figure, directory, name):
    figure.tight_layout()
    figure.savefig(directory / f"{name}.png", dpi=150)
    figure.savefig(directory / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def complete(groups):
    """The benchmarks that all comparisons have, in order."""
    first, *others = groups.values()
    names = [row["subject"] for row in first]
    return [name for name in names
            if all(name in (row["subject"] for row in other) for other in others)]


def run_time(directory, group, groups):
    subjects = complete(groups)
    figure, axes = plt.subplots(figsize=(4 + 1.1 * (len(subjects) + 1), 4.5))
    series, errors = {}, {}
    for key, rows in groups.items():
        rows = [row for row in rows if row["subject"] in subjects]
        shown = rows + ([report.summary(rows)] if group in report.MEAN_GROUPS else [])
        name = report.comparison(*key)
        series[name] = [each["median"] for each in shown]
        errors[name] = [[(each["median"] - each["low"]) * 100 for each in shown],
                        [(each["high"] - each["median"]) * 100 for each in shown]]
    if group in report.MEAN_GROUPS:
        subjects.append("geometric mean")
    grouped_bars(axes, subjects, series, errors)
    axes.set_ylabel("more CPU time, %")
    axes.set_title(f"Run time of {group}: median of pairs, 95 % interval")
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    save(figure, directory, group)


def build_costs(directory, groups):
    subjects = complete(groups)
    figure, all_axes = plt.subplots(3, 1, figsize=(4 + 1.1 * len(subjects), 10))
    for axes, (what, title) in zip(all_axes, (("compile", "compile time"), ("text", "text size"),
                                              ("memory", "peak memory"))):
        grouped_bars(axes, subjects, {
            report.comparison(*key): [row[what] for row in rows if row["subject"] in subjects]
            for key, rows in groups.items()})
        axes.set_ylabel(f"more {title}, %")
    all_axes[0].legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    save(figure, directory, "costs")


def draw(directory, rows):
    for group in ("programs", "kernels", "micro"):
        groups = report.by_comparison([row for row in rows if row["group"] == group])
        if not groups or not complete(groups):
            continue
        run_time(directory, group, groups)
        if group == "programs":
            build_costs(directory, groups)


# Where a point's name stands, so that those of other kinds beside it can be read.
PLACES = {"call-ret": {"xytext": (-6, 3), "ha": "right"}, "icall": {"xytext": (7, -9)},
          "libfunc": {"xytext": (-4, 9)}}


def switches(directory, rows, pair_seconds):
    """Overhead against switches per second: what was measured, and the line that is predicted."""
    figure, axes = plt.subplots(figsize=(8, 5))
    rows = [each for each in rows if each["per_second"] > 0]
    low = min(each["per_second"] for each in rows)
    high = max(each["per_second"] for each in rows)
    line = [low * (high / low) ** (step / 200) for step in range(201)]
    axes.plot(line, [each * pair_seconds * 100 for each in line], color="grey", linewidth=0.8,
              label=f"predicted: {pair_seconds * 1e9:.0f} ns for each switch, no measurement")
    for points, marker in zip(dict.fromkeys(each["points"] for each in rows), "os^"):
        these = [each for each in rows if each["points"] == points]
        measured = [each for each in these if each["measured"]]
        axes.plot([each["per_second"] for each in these],
                  [(each["predicted"] - 1) * 100 for each in these], marker, fillstyle="none",
                  color="grey", label=f"{points}, predicted")
        if measured:
            axes.plot([each["per_second"] for each in measured],
                      [(each["measured"]["median"] - 1) * 100 for each in measured], marker,
                      label=f"{points}, measured")
        for each in these:
            axes.annotate(each["subject"], (each["per_second"], (each["predicted"] - 1) * 100),
                          textcoords="offset points", fontsize="x-small",
                          **PLACES[points])
    axes.set_xscale("log")
    # Linear about zero: what is measured may be below stock.
    axes.set_yscale("symlog", linthresh=1)
    shown = [(ratio - 1) * 100 for each in rows for ratio in
             (each["predicted"], *([each["measured"]["median"]] if each["measured"] else []))]
    axes.set_ylim(min(-1, 1.5 * min(shown)), max(10, 4 * max(shown)))
    axes.set_xlabel("switches per second of the stock build's CPU time")
    axes.set_ylabel("more CPU time, %")
    axes.grid(alpha=0.3)
    axes.set_title("A gate that opens and one that closes at each point"
                   + ("" if any(each["measured"] for each in rows) else
                      ": predicted, not measured"))
    axes.legend(fontsize="small")
    save(figure, directory, "switches")
