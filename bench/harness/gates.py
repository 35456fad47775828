# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What gates of protection keys cost, in cycles and in instructions; started by bench/gates."""
import argparse
import json
import re
import statistics
import subprocess
import sys

import configurations
import machine
import report
from subjects import ROOT, WORK

SKIPPED = 77  # As Meson and scripts/lib.sh have it.
GOAL = 1.08
BUILDS = {"default": ["-fmemsentry=mpk"],
          "preserve": ["-fmemsentry=mpk", "-fmemsentry-mpk-preserve"]}
# Each loop with the one that does the same without a gate.
ROWS = {
    "bare": ("plain", "two bare WRPKRU"),
    "marked": ("plain", "a MEMSENTRY_REGION store"),
    "span": ("plain", "a span around a store"),
    "trusted": ("called", "a call of a MEMSENTRY_SAFE function"),
    "hoisted": ("alone", "a marked store in a loop of nothing else"),
}
FUNCTIONS = {"bare": "loop_bare", "marked": "loop_marked", "span": "loop_span",
             "trusted": "set_trusted", "hoisted": "loop_hoisted"}
GATE = re.compile(r"xorl\s+%ecx, %ecx$|xorl\s+%edx, %edx$|movl\s+\$\w+, %eax$|rdpkru|wrpkru"
                  r"|(and|or|cmp)l\s+\$[-\w]+, %eax$|testb\s+\$\w+, %al$|j\w+\s.*_trap_stub")


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/gates", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures what opening and closing a domain of protection keys costs, in "
        "cycles\nof the time-stamp counter, against two bare WRPKRU of the same run; counts the\n"
        "instructions.",
        epilog="Results land in build-bench/results/DATE-gates.\n"
        f"Exit status: 0; 1 when a result is wrong; {SKIPPED} where there are no protection keys: "
        "the\ninstructions are counted then.")
    parser.add_argument("--rounds", type=int, metavar="N", help="of all loops (2000; 3 with --vm)")
    parser.add_argument("--iterations", type=int, metavar="N",
                        help="of each loop in a round (1000; 100 with --vm)")
    parser.add_argument("--vm", action="store_true",
                        help="in the virtual machine of tests/vm: whether it works, no measurement")
    parser.add_argument("--memsentry", metavar="DIR", help="use this build of MemSentry")
    parser.add_argument("--revision", default="unknown", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.vm else 2000)
    options.iterations = options.iterations or (100 if options.vm else 1000)
    if options.rounds < 1 or options.iterations < 1:
        parser.error("there has to be a round and an iteration")
    return options


def loop_of(disassembly):
    """The instructions of a function's loop; of all of it where it has none."""
    lines = re.findall(r"^\s*([0-9a-f]+):\s+([^#\n]+)", disassembly, re.MULTILINE)
    code = [(int(address, 16), instruction.strip()) for address, instruction in lines]
    for address, instruction in code:
        jump = re.match(r"j\w+\s+0x([0-9a-f]+)", instruction)
        if jump and code[0][0] <= int(jump.group(1), 16) < address:
            start = int(jump.group(1), 16)
            return [each for place, each in code if start <= place <= address]
    return [instruction for _, instruction in code]


def gate_instructions(disassembly):
    """Those of a round trip of the domain, in a function that makes one or a loop of one."""
    return [instruction for instruction in loop_of(disassembly) if GATE.match(instruction)]


def disassembled(program, function):
    return subprocess.run(["llvm-objdump-22", "-d", "--no-show-raw-insn",
                           f"--disassemble-symbols={function}", program],
                          check=True, capture_output=True, text=True).stdout


def cycles_of(printed):
    """Cycles of an iteration in each round by loop, and whether a machine was only emulated."""
    lines = printed.splitlines()
    if not lines or lines[-1] != "right":
        raise ValueError("it did not come to the end")
    emulated = lines[0].startswith("emulated")
    iterations, samples = None, {}
    for line in lines[emulated:-1]:
        name, value = line.split()
        if name == "iterations":
            iterations = int(value)
        else:
            samples.setdefault(name, []).append(int(value) / iterations)
    return samples, emulated


def kinds_of(samples):
    return {name: {"minimum": min(values), "median": statistics.median(values)}
            for name, values in samples.items()}


def ratios_of(kinds):
    """Against two bare WRPKRU: loop by loop, and what is more than in a loop without gates."""
    def of(name, what):
        more = [kinds[each][what] - kinds[ROWS[each][0]][what] for each in (name, "bare")]
        return {"loop": kinds[name][what] / kinds["bare"][what],
                "gates": more[0] / more[1] if more[1] > 0 else None}
    return {name: {what: of(name, what) for what in ("minimum", "median")}
            for name in ROWS if name != "bare"}


def count_table(counts):
    return report.table(
        ["instructions of gates, in each iteration"] + list(counts),
        [[ROWS[name][1]] + [str(len(each[name])) for each in counts.values()]
         for name in next(iter(counts.values()))])


def cycle_table(build, kinds, ratios):
    lines = []
    for name, (without, what) in ROWS.items():
        row = [what]
        for statistic in ("minimum", "median"):
            row += [f"{kinds[name][statistic]:.2f}", f"{kinds[without][statistic]:.2f}"]
            row.append("" if name in ("bare", "hoisted")
                       else report.number(ratios[name][statistic]["loop"]))
            row.append("" if name in ("bare", "hoisted")
                       else report.number(ratios[name][statistic]["gates"]))
        lines.append(row)
    heads = [f"cycles of an iteration, gates: {build}"]
    for statistic in ("minimum", "median"):
        heads += [statistic, "without gates", "/ bare", "gates alone / bare"]
    return report.table(heads, lines)


def markdown(results):
    described = results["machine"]
    lines = [f"{described['date']}: {described['memsentry']}, revision `{described['revision']}`;",
             f"{described['compiler']}; {described['cpu']}, {described['kernel']}.", ""]
    if results["emulated"]:
        lines += ["**emulated: not a measurement**", ""]
    lines += count_table(results["instructions"])
    for build, measured in results["builds"].items():
        lines += ["", *cycle_table(build, measured["kinds"], measured["ratios"])]
    if results["not_measured"]:
        lines += ["", f"Cycles not measured: {results['not_measured']}."]
    return "\n".join(lines) + "\n"


def build(name):
    directory = WORK / "gates"
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / name
    subprocess.run(["clang", "-O2", *BUILDS[name], ROOT / "bench/micro/gates.c", "-o", program],
                   check=True)
    return program


def measure(program, options):
    command = [program, str(options.rounds), str(options.iterations)]
    if options.vm:
        command = [ROOT / "tests/vm/run", "--", *command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"bench/gates: error: {program.name} ended with status {done.returncode}")
    samples, emulated = cycles_of(done.stdout)
    kinds = kinds_of(samples)
    return {"kinds": kinds, "ratios": ratios_of(kinds), "samples": samples}, emulated


def main():
    options = arguments()
    programs = {name: build(name) for name in BUILDS}
    missing = None if options.vm else configurations.missing_hardware(
        machine.backends()).get("mpk")
    results = {
        "machine": machine.describe(options.revision),
        "options": {"rounds": options.rounds, "iterations": options.iterations},
        "instructions": {
            name: {loop: gate_instructions(disassembled(program, function))
                   for loop, function in FUNCTIONS.items()}
            for name, program in programs.items()},
        "not_measured": missing, "emulated": False, "goal": GOAL, "builds": {},
    }
    if not missing:
        for name, program in programs.items():
            results["builds"][name], emulated = measure(program, options)
            results["emulated"] = results["emulated"] or emulated
    directory = WORK / "results" / (results["machine"]["date"].replace(" ", "-").replace(":", "")
                                    + "-gates")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    table = markdown(results)
    (directory / "table.md").write_text(table)
    print(f"{table}\nWritten to {directory.relative_to(ROOT)}.")
    if missing:
        print(f"bench/gates: skipped: {missing}")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
