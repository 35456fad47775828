#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The statistics of bench/, what it remembers of a run that was stopped, what it compares."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench/harness"))

import configurations  # noqa: E402
import gates  # noqa: E402
import ratios  # noqa: E402
import report  # noqa: E402
import switches  # noqa: E402
from samples import Samples  # noqa: E402
from subjects import Failed, Subject, Usage, read_usage  # noqa: E402

KERNEL = Subject("copy", "kernels")
STOCK, SFI_W = configurations.CONFIGURATIONS[:2]


class Ratios(unittest.TestCase):
    def test_pairs_belong_together(self):
        self.assertEqual(ratios.of_pairs([1, 2, 4], [2, 2, 2]), [2, 1, 0.5])
        with self.assertRaises(ValueError):
            ratios.of_pairs([1, 2], [1])

    def test_minima_need_not_be_of_one_pair(self):
        self.assertEqual(ratios.of_minima([2, 4], [6, 3]), 1.5)

    def test_geometric_mean(self):
        self.assertAlmostEqual(ratios.geometric_mean([0.5, 2, 8]), 2)

    def test_interval_is_the_middle(self):
        self.assertEqual(ratios.interval(range(1000)), (25, 974))

    def test_equal_ratios_are_certain(self):
        self.assertEqual(ratios.median_interval([1.25] * 20), (1.25, 1.25))

    def test_interval_holds_the_median_and_narrows(self):
        few = [1 + number / 10 for number in range(10)]
        many = [1 + number / 100 for number in range(100)]
        low, high = ratios.median_interval(few)
        self.assertTrue(1 < low < 1.45 < high < 1.9, (low, high))
        narrow_low, narrow_high = ratios.median_interval(many)
        self.assertLess(narrow_high - narrow_low, high - low)
        self.assertEqual(ratios.median_interval(few), (low, high))

    def test_interval_of_the_mean(self):
        low, high = ratios.mean_interval([[2.0] * 5, [0.5] * 5])
        self.assertAlmostEqual(low, 1)
        self.assertAlmostEqual(high, 1)
        low, high = ratios.mean_interval([[1.0, 1.2, 1.1], [1.0, 1.4, 1.2]])
        self.assertTrue(low < ratios.geometric_mean([1.1, 1.2]) < high, (low, high))


class Memory(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.file = pathlib.Path(self.directory.name) / "samples" / "some.jsonl"

    def add_round(self, samples, number, *seconds):
        for configuration, each in zip((STOCK, SFI_W), seconds):
            samples.add_run(KERNEL, configuration, number, Usage(each, 1000, None))

    def test_goes_on_where_it_stopped(self):
        samples = Samples(self.file, 100)
        self.add_round(samples, 0, 1.0, 1.5)
        self.add_round(samples, 1, 1.0)
        with self.file.open("a") as file:
            file.write('\n{"kind": "run", "subj')
        samples = Samples(self.file, 100)
        self.assertTrue(samples.has_round(KERNEL, (STOCK, SFI_W), 0))
        self.assertFalse(samples.has_round(KERNEL, (STOCK, SFI_W), 1))
        # The whole round again, and what it says counts.
        self.add_round(samples, 1, 2.0, 2.2)
        samples = Samples(self.file, 100)
        self.assertEqual(samples.of("run", KERNEL, STOCK, 2, "seconds"), [1.0, 2.0])
        self.assertEqual(samples.of("run", KERNEL, SFI_W, 2, "seconds"), [1.5, 2.2])

    def test_less_work_is_another_run(self):
        self.add_round(Samples(self.file, 10), 0, 1.0, 1.5)
        self.assertTrue(Samples(self.file, 10).has_round(KERNEL, (STOCK, SFI_W), 0))
        self.assertFalse(Samples(self.file, 100).has_round(KERNEL, (STOCK, SFI_W), 0))

    def test_row_and_summary(self):
        samples = Samples(self.file, 100)
        for number, seconds in enumerate(((1.0, 1.1), (2.0, 2.6), (1.0, 1.2))):
            self.add_round(samples, number, *seconds)
        samples.add_build(KERNEL, STOCK, 0, Usage(2.0, 1000, None), text=100, checks=None)
        samples.add_build(KERNEL, SFI_W, 0, Usage(3.0, 1000, None), text=120, checks=None)
        row = report.row(samples, KERNEL, SFI_W, STOCK, 3, 1)
        self.assertAlmostEqual(row["median"], 1.2)
        self.assertAlmostEqual(row["minimum"], 1.1)
        self.assertAlmostEqual(row["compile"], 1.5)
        self.assertAlmostEqual(row["text"], 1.2)
        self.assertIsNone(row["instructions"])
        other = dict(row, subject="list", median=0.3, pairs=[0.3] * 3)
        summary = report.summary([row, other])
        self.assertAlmostEqual(summary["median"], 0.6)
        self.assertEqual(summary["worst"], "copy")

    def test_usage_is_a_sum(self):
        file = pathlib.Path(self.directory.name) / "usage"
        file.write_text("0.5 2000 100\n0.25 3000 200\n")
        self.assertEqual(read_usage(file), Usage(0.75, 3000, 300))
        file.write_text("0.5 2000 100\n0.25 3000 -\n")
        self.assertEqual(read_usage(file), Usage(0.75, 3000, None))
        file.write_text("")
        with self.assertRaises(Failed):
            read_usage(file)


class Configurations(unittest.TestCase):
    def test_come_with_what_they_are_compared_with(self):
        def names(*wanted):
            return [each.name for each in configurations.select(wanted)]
        self.assertEqual(names("sfi-rw"), ["stock", "sfi-rw"])
        self.assertEqual(names("safe-stack-sfi-w"),
                         ["stock", "safe-stack", "safe-stack-hide", "safe-stack-sfi-w"])
        self.assertNotIn("sfi-w-libc-malloc", names())
        self.assertNotIn("mpk-w", names())

    def test_what_lacks_hardware_is_skipped_by_name(self):
        table = ("backend  kind     built  cpu  kernel  usable  remark\n"
                 "sfi      address  yes    yes  yes     yes     software fault isolation\n"
                 "mpk      domain   yes    no   no      {}      no keys; the kernel gives none\n"
                 "\n"
                 "sealed mappings (mseal, Linux 6.10): yes\n")
        selected = configurations.select(["mpk", "mpk-w", "sfi-w"])
        self.assertEqual(configurations.skipped(selected, table.format("no ")),
                         {"mpk": "no keys; the kernel gives none",
                          "mpk-w": "no keys; the kernel gives none"})
        self.assertEqual(configurations.skipped(selected, table.format("yes")), {})

    def test_not_measured_is_in_the_table(self):
        row = {"subject": "copy", "group": "kernels", "configuration": "hide",
               "baseline": "stock", "baseline_seconds": 1.0, "minimum": 1.0, "median": 1.0,
               "low": 1.0, "high": 1.0, "pairs": [1.0], "instructions": None, "compile": 1.0,
               "text": 1.0, "checks": None, "lower_bound": False, "memory": 1.0}
        unmeasured = [{"configuration": "mpk", "baseline": "stock", "why": "no keys"}]
        lines = report.group_tables("kernels", [row], [], unmeasured)
        self.assertIn("| copy | 1.000 [1.000, 1.000] | not measured |", lines)
        self.assertIn("| **geometric mean** | 1.000 | not measured |", lines)
        # What is less than the whole says so, where it is a time.
        lines = report.group_tables("kernels", [dict(row, lower_bound=True, checks=7)], [], [])
        self.assertIn("| run time: minima | hide / stock, lower bound |", lines)
        self.assertIn("| text size | hide / stock |", lines)
        self.assertIn("Checks in the code, hide: copy 7.", lines)


class Gates(unittest.TestCase):
    LOOP = """
0000000000001260 <loop_marked>:
    1260:       testq   %rsi, %rsi
    1263:       jle     0x12a7 <loop_marked+0x47>
    1265:       xorl    %ecx, %ecx
    1270:       xorl    %ecx, %ecx
    1272:       xorl    %edx, %edx
    1274:       movl    $0x55555550, %eax       # imm = 0x55555550
    1279:       wrpkru
    127c:       movq    %r8, (%rdi)
    127f:       xorl    %ecx, %ecx
    1281:       rdpkru
    1284:       andl    $-0xd, %eax
    1287:       orl     $0x4, %eax
    128a:       wrpkru
    128d:       testb   $0x4, %al
    128f:       je      0x10a0 <__memsentry_gate_trap_stub>
    1295:       incq    %r8
    1298:       cmpq    %r8, %rsi
    129b:       jne     0x1270 <loop_marked+0x10>
    12a7:       retq
"""

    def test_instructions_of_a_round_trip(self):
        self.assertEqual(len(gates.loop_of(self.LOOP)), 15)
        found = gates.gate_instructions(self.LOOP)
        self.assertEqual([each.split()[0] for each in found],
                         ["xorl", "xorl", "movl", "wrpkru", "xorl", "rdpkru", "andl", "orl",
                          "wrpkru", "testb", "je"])
        # Without a loop all of it counts.
        self.assertEqual(len(gates.gate_instructions(self.LOOP.replace("jne ", "nop "))), 12)

    def test_cycles_are_of_an_iteration(self):
        printed = "iterations 10\nplain 50\nbare 700\nbare 600\nplain 40\nright\n"
        self.assertEqual(gates.cycles_of(printed),
                         ({"plain": [5, 4], "bare": [70, 60]}, False))
        self.assertTrue(gates.cycles_of("emulated: not a measurement\n" + printed)[1])
        with self.assertRaises(ValueError):
            gates.cycles_of("iterations 10\nplain 50\n")

    def test_what_is_more_than_without_gates(self):
        kinds = {name: {"minimum": 4.0, "median": 5.0} for name in ("plain", "called", "alone")}
        kinds.update({name: {"minimum": 58.0, "median": 60.0} for name in gates.ROWS})
        kinds["bare"] = {"minimum": 54.0, "median": 60.0}
        ratios = gates.ratios_of(kinds)
        self.assertAlmostEqual(ratios["marked"]["minimum"]["gates"], 1.08)
        self.assertAlmostEqual(ratios["marked"]["minimum"]["loop"], 58 / 54)
        self.assertAlmostEqual(ratios["span"]["median"]["gates"], 1)

    def test_emulated_says_so(self):
        kinds = {name: {"minimum": 4.0, "median": 5.0}
                 for name in ("plain", "called", "alone", *gates.ROWS)}
        text = gates.markdown({
            "machine": {"date": "", "memsentry": "", "revision": "", "compiler": "", "cpu": "",
                        "kernel": ""},
            "emulated": True, "instructions": {"default": {"bare": ["wrpkru"]}},
            "builds": {"default": {"kinds": kinds, "ratios": gates.ratios_of(kinds)}},
            "not_measured": None})
        self.assertIn("emulated: not a measurement", text)


class Switches(unittest.TestCase):
    def test_all_processes_count(self):
        self.assertEqual(switches.points_passed(
            "memsentry: benchdomain: 12 points\na warning\nmemsentry: benchdomain: 30 points\n"),
            42)
        self.assertEqual(switches.points_passed("it says: memsentry: benchdomain: 12 points\n"), 0)

    def test_prediction_is_no_measurement(self):
        row = switches.row(KERNEL, "icall", 1000000, {"stock": [0.2, 0.1]})
        self.assertAlmostEqual(row["per_second"], 1e7)
        self.assertAlmostEqual(row["predicted"], 1.27)
        self.assertIsNone(row["measured"])
        text = switches.markdown({
            "machine": {"date": "", "memsentry": "", "revision": "", "compiler": "", "cpu": "",
                        "kernel": "", "load": 0},
            "options": {"runs": 2, "percent": 100}, "rows": [row], "failures": [],
            "not_measured": "no keys"})
        self.assertIn("| 10,000,000 | 1.270 | not measured |", text)
        self.assertIn("Not measured: no keys.", text)

    def test_measured_is_against_stock(self):
        row = switches.row(KERNEL, "icall", 1, {"stock": [1.0, 2.0], "mpk-icall": [1.5, 3.0]})
        self.assertAlmostEqual(row["measured"]["median"], 1.5)


unittest.main()
